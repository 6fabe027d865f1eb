"""Disco Diffusion's films over a video: its `video_init_*` settings as `source:` and `follow:`.

There, scales and steps of these films were partly read from the wrong settings; here each acts as its name says.
"""

from __future__ import annotations

from .disco_tables import VIDEO_KEYS
from .pictures import Pictures
from .settings import Settings

BLENDS = {"none": "off", "linear": "linear", "optical flow": "flow"}


def write_video(old: Settings, pictures: Pictures, steps: int) -> None:
    """Write which clip is followed, and how."""
    path = old.path("video_init_path")
    there = pictures.found("video_init_path", path, old.report) if path else None
    if not there:
        if not path:
            old.report.missing("video_init_path", "write source: clip.mp4 with the video, which the settings lack")
        old.off(*(key for key in VIDEO_KEYS if key not in old.seen), why="there is no video to follow")
        return
    old.sheet.put("source.file", there, "video_init_path")
    old.report.exact("video_init_path", "source.file")
    every = max(1, old.whole("extract_nth_frame", 1))
    old.sheet.put("source.every", every, old.source("extract_nth_frame"))
    if "extract_nth_frame" in old:
        old.report.exact("extract_nth_frame", "source.every")
    old.sheet.put("source.fit", "stretch", "as there")
    for place in ("frames", "fps"):
        old.sheet.values.pop(place, None)
    if "max_frames" in old:
        old.report.about("max_frames", "nothing", "the film is as long as the video, as there")
    flows = old.flag("video_init_flow_warp", True)
    old.sheet.put("follow.motion", "flow" if flows else "off", old.source("video_init_flow_warp"))
    if "video_init_flow_warp" in old:
        old.report.about("video_init_flow_warp", "follow.motion", "flow is looked for by DIS; flow: raft is as there")
    if flows:
        old.take("video_init_flow_blend", "follow.blend", old.number("video_init_flow_blend", 0.999))
    else:
        old.off("video_init_flow_blend", why="acts with video_init_flow_warp only")
    checks = old.flag("video_init_check_consistency")
    old.sheet.put("follow.consistency", 1 if checks else 0, old.source("video_init_check_consistency"))
    if "video_init_check_consistency" in old:
        old.report.about("video_init_check_consistency", "follow.consistency", "there it did nothing, here it acts")
    _after(old, flows)
    skipped = max(0, min(steps - 1, old.whole("video_init_skip_steps", 50)))
    if flows:
        old.sheet.put(
            "init.skip", skipped / steps, f"{old.source('video_init_skip_steps')}, {skipped} of {steps} steps"
        )
        if "video_init_skip_steps" in old:
            old.report.exact("video_init_skip_steps", "init.skip")
    else:
        old.sheet.put("init.skip", old.sheet.values["look.skip"][0], "as all frames")
        old.off("video_init_skip_steps", why="acts with video_init_flow_warp only")
    pull = old.number("video_init_frames_scale", 15000)
    old.sheet.put("init.scale", pull, old.source("video_init_frames_scale"))
    if old.flag("video_init_seed_continuity"):
        old.sheet.put("look.seed_mode", "fixed", "video_init_seed_continuity")
        old.report.exact("video_init_seed_continuity", "look.seed_mode")
    else:
        old.off("video_init_seed_continuity")
    why = "there the scale of stills acted in its place, and so it does here"
    old.off(*(key for key in VIDEO_KEYS if key not in old.seen), why=why)


def _after(old: Settings, flows: bool) -> None:
    said = old.text("video_init_blend_mode", "optical flow").strip().lower()
    mode = BLENDS.get(said or "none", "off")
    mode = "off" if mode == "flow" and not flows else mode
    old.sheet.put("follow.after", mode, old.source("video_init_blend_mode"))
    if mode != "off":
        old.sheet.put("follow.after_blend", 0.5, "blend, its default there")
    if "video_init_blend_mode" in old:
        why = "there only the finished film was mixed; here the next frame also rests on the mixed one"
        old.report.about("video_init_blend_mode", "follow.after, follow.after_blend", why)
