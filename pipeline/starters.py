"""Keyframe files to begin with: short, commented, and each a film that can be seen and rendered as it stands.

Every one of them shows the same things in the same order: time, names, prompts, camera, look. One over a clip has the
clip in place of a time, and how it is followed in place of a camera.
"""

from __future__ import annotations

HEAD = """\
# {title}. Change a line, and see what it does:
#     pipeline check {file}       what is wrong, if anything
#     pipeline animatic {file}    the motion, in seconds
#     pipeline render {file}      the film
# keyframes/README.md is the whole language.
title: {title}
"""
RATE = "fps: 12\n"
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
  # guidance_scale: 12000     # how strongly the prompts pull
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
OVER_CLIP = (
    """\
source:                       # the clip this film is painted over; it gives length, rate and sound
  file: {clip}
  every: 1                    # 2 paints every second picture, at half the rate
  # start: 2s                 # where in the clip the film begins
  # length: 5s                # and how much of it is used
seed: 1                       # another number, another film

let:                          # names of your own, for any value below
  wander: 0.5 + 0.5*sin(t, 4s)                   # from 0 to 1 and back

labels:                       # moments with a name
  storm: max_f/2
""",
    """\

follow:                       # each frame is the one before, moved as things move in the clip, over the clip's picture
  blend: 0.9 - 0.1*wander     # share of the frame before; the rest is the clip's picture, 1 is paint alone
  consistency: 1              # where motion cannot be trusted the clip shows through; 0 never
  after: flow                 # evens out what flickers: the finished frame is mixed with the one before
  after_blend: 0.4            # so much of the one before
  # flow: raft                # a network that sees motion better; pipeline models fetch raft-large
  # mode: motion              # only the clip's motion, and nothing of its pictures
""",
    """\

init: {skip: 0.5}             # the first frame: share of the steps left out; less, and less of the clip is left
look:
  skip: {0: 0.6, storm: 0.5}  # the same for all others
  # guidance_scale: 12000     # how strongly the prompts pull
""",
)
KINDS = ("2d", "3d", "music", "video")


def starter(kind: str, file: str, title: str, music: str = "", clip: str = "") -> str:
    """Return a keyframe file to begin with.

    Convention: `kind` is one of KINDS; `music` is a song as the file shall name it, for `music` alone, and
        `clip` a film, which `video` needs.
    """
    head, prompts = HEAD.format(title=title, file=file), PROMPTS.replace("{moment}", "storm")
    if kind == "video":
        begin, follow, look = OVER_CLIP
        return head + begin.format(clip=clip) + prompts + follow + look
    if kind == "music":
        begin, camera = SONG
        song = WITH_SONG.format(music=music) if music else WITHOUT_SONG
        begin = begin.format(song=song, storm="2s" if music else "8b")
    else:
        begin, camera = FLAT if kind == "2d" else SPACE
    return head + RATE + begin + prompts + camera + LOOK.format(moment="storm", later="storm + 1s")
