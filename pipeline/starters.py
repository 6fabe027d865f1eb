"""Keyframe files to begin with: short, commented, and each a film that can be seen and rendered as it stands.

Every one of them shows the same things in the same order: time, names, prompts, camera, look.
"""

from __future__ import annotations

HEAD = """\
# {title}. Change a line, and see what it does:
#     pipeline check {file}       what is wrong, if anything
#     pipeline animatic {file}    the motion, in seconds
#     pipeline render {file}      the film
# keyframes/README.md is the whole language.
title: {title}
fps: 12
"""
PROMPTS = """\

prompts:                      # each fades into the next; write one twice to let it hold
  0:
    - an oil painting of a lighthouse on a rock in the evening calm
    - {text: fog, weight: -0.3}          # below 0 pushes away
  {moment}: an oil painting of a lighthouse on a rock in a storm
prompt_fade: spherical ease-in-out
"""
LOOK = """\

look:
  skip: {{0: 0.5, {moment}: 0.35 hold, {later}: 0.5 ease-out}}   # share of the steps left out: less, more change
  # guidance_scale: 4000      # how strongly the prompts pull
  # base: disco57             # the look of Disco Diffusion 5.7
"""
FLAT = (
    """\
duration: 6s
seed: 1                       # another number, another film

let:                          # names of your own, for any value below
  sway: 0.6*sin(t, 4s)

labels:                       # moments with a name
  storm: 3s
""",
    """\

camera:                       # how the picture moves from each frame to the next
  zoom: 1.006 + 0.03*decay(since(storm), 0.3s)   # above 1 goes in
  roll: sway                  # degrees, counter-clockwise
  translation_x: {0: 0, storm: 0.4 ease-in-out, 6s: 0}   # per cent of the width, to the right
""",
)
SPACE = (
    """\
duration: 6s
seed: 1                       # another number, another film

let:                          # names of your own, for any value below
  glance: 0.6*sin(t, 4s)

labels:                       # moments with a name
  storm: 3s
""",
    """\

camera:                       # how a camera moves through the picture from each frame to the next
  mode: 3d                    # a network of the preset sees how far everything is
  translation_z: {0: 2, storm: 5 ease-in-out}    # forward, in 200ths of a scene unit
  translation_x: 3*sin(t, 4s) # to the right and back
  rotation_y: -glance         # degrees, to the right; against the way it goes
  border: reflect             # what comes into view: reflect, smear, wrap, or noise that is painted anew
""",
)
SONG = (
    """\
seed: 1                       # another number, another film
{song}
let:                          # names of your own, for any value below
  beat_pulse: decay(since_beat(), 0.15s)         # 1 on each beat, and falls

labels:                       # moments with a name
  storm: {storm}
""",
    """\

camera:                       # how the picture moves from each frame to the next
  zoom: 1.004 + 0.03*beat_pulse                  # goes in with the beat
  roll: 1.2*sin(beat*pi/2)    # sways over four beats
""",
)
WITH_SONG = """\
music: {{file: {music}, fade_out: 1s}}
signals:
  punch: {{of: kick, gate: 0.4, release: 0.25s}}   # its low drums: write zoom: 1.004 + 0.04*punch
"""
WITHOUT_SONG = """\
bpm: 120                      # without a song beats are counted; with one they are heard, and these two lines go:
duration: 16b                 # sixteen beats
# music: {file: song.mp3, fade_out: 1s}
# signals:
#   punch: {of: kick, gate: 0.4, release: 0.25s}   # its low drums: zoom: 1.004 + 0.04*punch
"""
KINDS = ("2d", "3d", "music")


def starter(kind: str, file: str, title: str, music: str = "") -> str:
    """Return a keyframe file to begin with.

    Convention: `kind` is one of KINDS; `music` is a song as the file shall name it, for `music` alone.
    """
    if kind == "music":
        begin, camera = SONG
        song = WITH_SONG.format(music=music) if music else WITHOUT_SONG
        begin = begin.format(song=song, storm="2s" if music else "8b")
    else:
        begin, camera = FLAT if kind == "2d" else SPACE
    later = "storm + 1s"
    prompts = PROMPTS.replace("{moment}", "storm")
    return HEAD.format(title=title, file=file) + begin + prompts + camera + LOOK.format(moment="storm", later=later)
