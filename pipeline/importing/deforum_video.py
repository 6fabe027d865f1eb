"""Deforum's films over a video: its hybrid motion and composite, and its mode Video Input, as `source:` and `follow:`.

A frame of ours that follows a clip starts from `picture + blend*(moved - picture)`, which is their composite Normal
after their motion; without the composite, `blend: 1` leaves the moved frame alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..schedule.pictures.footage import clip_at
from ..types import ClipFile
from .deforum_tables import MOTIONS
from .pictures import Pictures
from .schedules import quoted, schedule, standing
from .settings import Settings

CUT = ("video_init_path", "extract_nth_frame", "extract_from_frame", "extract_to_frame")
NEXT = "write source: and follow: by hand, see keyframes/README.md"


@dataclass(frozen=True, slots=True)
class Video:
    """The clip that a film was made over: `place` is its path as the new file says it, pictures `start` up to `stop`.

    Convention: `is_alone` where each frame rested on its own picture and not on the frame before; `from_clip` where the
        first frame starts from the clip's first picture.
    """

    place: str
    clip: ClipFile
    start: int
    stop: int
    every: int
    is_alone: bool
    from_clip: bool

    @property
    def n_frames(self) -> int:
        """Number of frames that come of it."""
        return -(-(self.stop - self.start) // self.every)


def find(old: Settings, pictures: Pictures, mode: str) -> Video | None:
    """Return the video that a film follows; None where it follows none, or that cannot be, which is noted."""
    found = _find(old, pictures, mode)
    if found is None:  # then these are told of with all else that has no place here
        old.seen -= {key for key in old.values if key.startswith(("hybrid_", "extract_", "video_init_"))}
    return found


def _find(old: Settings, pictures: Pictures, mode: str) -> Video | None:
    is_alone = mode == "Video Input"
    blends = str(old.values.get("hybrid_composite", "None")) not in ("None", "False")
    moves = old.values.get("hybrid_motion", "None") != "None"
    if not is_alone and (mode not in ("2D", "3D") or not (moves or blends)):
        return None
    if not is_alone and not _is_possible(old, blends):
        return None
    there = pictures.found("video_init_path", old.path("video_init_path"), old.report)
    path = pictures.place(old.path("video_init_path"))
    clip = None if path is None else clip_at(path)
    if there is None or clip is None:
        if there is not None:
            old.report.missing("video_init_path", "is no film that can be read; put the file right and import again")
        for key in () if is_alone else ("hybrid_motion", "hybrid_composite"):
            if key in old and (moves if key == "hybrid_motion" else blends):
                old.seen.add(key)
                old.report.missing(key, "its video is not there")
        return None
    every, start, last = (old.whole(key, said) for key, said in zip(CUT[1:], (1, 0, -1), strict=True))
    stop = clip.n_frames if last < 0 else min(clip.n_frames, last + 1)
    if not 0 <= start < stop:
        old.report.missing("video_init_path", f"it has {clip.n_frames} pictures, and none of them was to be used")
        return None
    from_clip = is_alone or blends or (old.flag("hybrid_use_first_frame_as_init_image", True) and not _checked(old))
    return Video(there, clip, start, stop, min(10_000, max(1, every)), is_alone, from_clip)


def _is_possible(old: Settings, blends: bool) -> bool:
    """Tell whether there is a counterpart here to what is done with the video; note what has none."""
    told = len(old.report.entries)
    if old.text("hybrid_motion", "None") not in ("None", *MOTIONS):
        old.report.missing("hybrid_motion", f"is none of {', '.join(MOTIONS)}")
    for key in ("hybrid_motion_use_prev_img", "hybrid_use_init_image", "hybrid_use_full_video"):
        if old.flag(key):
            old.report.missing(key, f"a film follows the pictures of its clip, one by one; {NEXT}")
    if blends and str(old.raw("hybrid_composite")) not in ("Normal", "True"):
        old.report.missing("hybrid_composite", f"pictures are mixed after the motion here; {NEXT}")
    elif blends and old.text("hybrid_comp_mask_type", "None") not in ("None", ""):
        old.report.missing("hybrid_comp_mask_type", f"there is no mask of depth, blend or difference here; {NEXT}")
        old.report.missing("hybrid_composite", "its mask has no place here")
    is_possible = len(old.report.entries) == told
    if not is_possible:
        for key in ("hybrid_motion", "hybrid_composite"):
            if old.values.get(key, "None") not in ("None", False) and key not in old.report.entries:
                old.seen.add(key)
                old.report.missing(key, "the report says above what of it has no place here")
    return is_possible


def write(old: Settings, video: Video) -> None:
    """Write `source:` and `follow:`; after the rest of the film, whose steps the first frame may share."""
    _source(old, video)
    if video.is_alone:
        old.sheet.put("follow.motion", "off", "each frame is painted over its own picture, as there")
        old.sheet.put("init.skip", old.sheet.values["look.skip"][0], "the first frame is one of them")
        why = "hybrid video acts on the frame before, which this mode has none of"
        old.off(*(key for key in old.values if key.startswith("hybrid_")), why=why)
        return
    _motion(old)
    if video.from_clip:
        _over(old)
    else:
        old.sheet.put("follow.mode", "motion", "hybrid_composite: None")
        _masks(old)
    old.off("hybrid_motion_use_prev_img", "hybrid_use_init_image", "hybrid_use_full_video", "hybrid_comp_mask_type")


def _source(old: Settings, video: Video) -> None:
    old.sheet.put("source.file", video.place, "video_init_path")
    old.report.exact("video_init_path", "source.file")
    old.sheet.put("source.every", video.every, old.source("extract_nth_frame"))
    if video.start:
        old.sheet.put("source.start", video.start, "extract_from_frame, a picture of the video")
    if video.stop < video.clip.n_frames:
        old.sheet.put("source.length", video.stop - video.start, "extract_to_frame, in pictures of the video")
    old.sheet.put("source.fit", "stretch", "as there")
    if "extract_nth_frame" in old:
        old.report.exact("extract_nth_frame", "source.every")
    if video.start:
        old.report.exact("extract_from_frame", "source.start")
    else:
        old.off("extract_from_frame")
    if old.whole("extract_to_frame", -1) >= 0:
        old.report.about("extract_to_frame", "source.length", "that picture is the last one here")
    else:
        old.off("extract_to_frame")
    old.off("overwrite_extracted_frames", "hybrid_generate_inputframes", "hybrid_generate_human_masks")
    old.sheet.put("frames", video.n_frames, "as many as the video gives, as there")
    if "max_frames" in old:
        old.report.about("max_frames", "frames", "as many as the video gives, as there")


def _motion(old: Settings) -> None:
    said = old.text("hybrid_motion", "None")
    factor = schedule(old, "hybrid_flow_factor_schedule", 1)
    if said == "None":
        old.sheet.put("follow.factor", 0, "hybrid_motion: None: the frame before stays where it is")
        old.off("hybrid_motion", "hybrid_flow_factor_schedule", "hybrid_flow_method")
        return
    old.sheet.put("follow.motion", MOTIONS[said], "hybrid_motion")
    if said != "Optical Flow":
        why = "the motion that most of the flow agrees with, not that of matched features"
        old.report.about("hybrid_motion", "follow.motion", why)
        old.off("hybrid_flow_factor_schedule", "hybrid_flow_method", why="acts with optical flow only")
        return
    old.report.exact("hybrid_motion", "follow.motion")
    if standing(factor) == 1:
        old.off("hybrid_flow_factor_schedule")
    else:
        old.sheet.put("follow.factor", quoted(factor), "hybrid_flow_factor_schedule")
        old.report.exact("hybrid_flow_factor_schedule", "follow.factor")
    if "hybrid_flow_method" in old:
        old.seen.add("hybrid_flow_method")
        old.report.about("hybrid_flow_method", "follow.flow", "dis; flow: raft is the network, a model to fetch")


def _over(old: Settings) -> None:
    """Write a film that starts from its clip, and is mixed with it where the composite was on."""
    blends = str(old.raw("hybrid_composite", "None")) not in ("None", "False")
    alpha = schedule(old, "hybrid_comp_alpha_schedule", 0.5)
    if blends:
        old.sheet.put("let.composite", quoted(alpha), old.source("hybrid_comp_alpha_schedule"))
        old.sheet.put("follow.blend", "1 - clip(composite, 0, 1)", "hybrid_composite: the rest is the video's picture")
        old.report.exact("hybrid_composite", "follow.blend")
        if "hybrid_comp_alpha_schedule" in old:
            old.report.exact("hybrid_comp_alpha_schedule", "let.composite, follow.blend")
    else:
        old.sheet.put("follow.blend", 1, "hybrid_composite: None: nothing of the video's pictures")
        old.sheet.put("frame.steady", 1, "light and colour are the film's own")
        old.off("hybrid_composite", "hybrid_comp_alpha_schedule")
    old.sheet.put("follow.consistency", 0, "as there: also where the motion is in doubt")
    if _checked(old):
        why = "a doubted flow moved nothing there; consistency: 1 shows the clip in its place"
        old.report.missing("hybrid_flow_consistency", why)
        old.off("hybrid_consistency_blur", why="belongs to hybrid_flow_consistency")
    else:
        old.off("hybrid_flow_consistency", "hybrid_consistency_blur")
    key = "hybrid_use_first_frame_as_init_image"
    if key in old:
        if old.flag(key, True):
            old.report.exact(key, "init.skip")
        else:
            old.report.about(key, "init.skip", "a film that is mixed with its clip starts from it here")
    old.take("strength", "init.skip", min(max(old.number("strength", 0.8), 0.0), 0.999))
    if old.flag("use_init"):
        for other in ("use_init", "init_image"):
            if other in old:
                old.report.missing(other, "the film starts from the first picture of its video")
    else:
        old.off("use_init", "init_image")
    old.off("strength_0_no_init")


def _masks(old: Settings) -> None:
    """Write how a flow that is in doubt acts in a film that is only moved."""
    if _checked(old):
        old.take("hybrid_consistency_blur", "follow.mask_blur", old.number("hybrid_consistency_blur", 2))
        why = "flow that is in doubt moves nothing, as there; what is doubted is found by another rule"
        old.report.about("hybrid_flow_consistency", "follow.missed, overshot, undershot", why)
    else:
        for name in ("missed", "overshot", "undershot"):
            old.sheet.put(f"follow.{name}", 0, old.source("hybrid_flow_consistency"))
        old.off("hybrid_flow_consistency", "hybrid_consistency_blur")
    key = "hybrid_use_first_frame_as_init_image"
    if old.flag(key, True):
        old.report.missing(key, "save the video's first picture, and write it under init: image")
    else:
        old.off(key)
    old.off("hybrid_composite")


def _checked(old: Settings) -> bool:
    return old.text("hybrid_motion", "None") == "Optical Flow" and old.flag("hybrid_flow_consistency")
