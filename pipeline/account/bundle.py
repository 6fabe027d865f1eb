"""A rendered film's evidence in one archive: what it was read from, what it was made with, and frames to compare.

The archive is the same, byte for byte, for the same folder on the same machine. Frames come with those that they are
drawn from, so that another machine can draw each again alone: the frame before, and of clips that are followed the
pictures that these frames look at, fitted. Of the music there is the digest; of what its film was followed by, beats
and cues, the files too where they are small.
"""

from __future__ import annotations

import io
import json
import os
import platform
import zipfile
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..errors import ClipError, StoreError
from ..footage import ClipFault, Reels, look_at, packed
from ..store import FilmRecord, FrameStore, engine_in
from ..store.commit import commit, make_folder
from ..store.rebuild import plan_in
from ..types import PictureFile, SideFile
from .verify import verify

FORMAT = 1
MANIFEST, KEYFRAMES, PRESET = "manifest.json", "keyframes.yaml", "preset.yaml"
LIBRARIES = ("torch", "torchvision", "numpy", "opencv-python-headless", "kornia", "open_clip_torch", "numexpr")
MAX_FOOTAGE = 256 << 20
"""Bytes of the pictures of clips, all together; a bundle that needs more is refused, since it could not be verified."""
MAX_BESIDE = 4 << 20
"""Bytes of the files beside the music up to which they are in the archive, all together."""
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip file can tell


def bundle(directory: Path, out: Path, *, per_shot: int = 3) -> int:
    """Write the archive of a film that is wholly rendered to `out`; return how many frames are to be compared.

    Raises: StoreError where a frame is not as recorded, the frames are of several engines, a picture that prompts name,
        a clip or a file beside the music, is gone or another, the pictures of clips are too many, or the archive cannot
        be written.
    """
    record, problems = verify(directory)
    if problems:
        raise StoreError(f"{problems[0].why}; {len(problems)} frames are not as recorded, so render the film first")
    if record.script is None:
        raise StoreError(f"{directory}: its record does not say what it was read from; render again to write it anew")
    if record.seams:
        raise StoreError(f"{directory}: its frames are of {len(record.seams) + 1} engines; render with --redraw first")
    store = FrameStore(directory)
    samples = _samples(record, store, per_shot)
    pictures = {f"pictures/{one.digest}": _content(one, "picture") for one in record.pictures}
    beside = {f"music/{one.digest}": _content(one, "file") for one in (record.music.beside if record.music else ())}
    if sum(map(len, beside.values())) >= MAX_BESIDE:
        beside = {}
    footage, stills = _footage(record, store, samples)
    files = {name: store.path(*place).read_bytes() for name, place in _needed(samples).items()}
    texts = {
        MANIFEST: json.dumps({**_manifest(record, store, samples), "footage": footage}, sort_keys=True, indent=1)
        + "\n",
        KEYFRAMES: record.script.keyframes,
        PRESET: record.script.preset_text,
    }
    make_folder(out.absolute().parent)
    commit(
        out, _zipped({**files, **stills, **pictures, **beside, **{name: text.encode() for name, text in texts.items()}})
    )
    return len(samples)


def machine_facts() -> dict[str, str]:
    """Return what kind of machine this is and which libraries it has; nothing that names it."""
    found = {"system": platform.system(), "machine": platform.machine(), "cores": str(os.cpu_count())}
    found["python"] = platform.python_version()
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


Sample = dict[str, Any]


def _samples(record: FilmRecord, store: FrameStore, per_shot: int) -> list[Sample]:
    """Choose frames evenly over each shot, its first and last among them; say what each is drawn from."""
    found: list[Sample] = []
    for shot in record.shots:
        count = min(per_shot, shot.n_frames)
        for index in sorted({round(k * (shot.n_frames - 1) / max(1, count - 1)) for k in range(count)}):
            plan = plan_in(store.read(shot.name, index))
            needs = {*plan.drawn_from, *plan.looks_at}
            found.append({"shot": shot.name, "frame": index, "needs": sorted(needs)})
    return found


def _needed(samples: list[Sample]) -> dict[str, tuple[str, int]]:
    places = {(one["shot"], frame) for one in samples for frame in (one["frame"], *one["needs"])}
    return {frame_name(*place): place for place in places}


def _footage(
    record: FilmRecord, store: FrameStore, samples: list[Sample]
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return which pictures of clips the samples look at, and these, by their names inside the archive."""
    plans = [plan_in(store.read(one["shot"], one["frame"])) for one in samples]
    if all(plan.footage is None for plan in plans):
        return [], {}
    from ..warp import looked_at  # brings torch

    wanted = {still for plan in plans for still in looked_at(plan)}
    reels, left = _reels(record, {still.clip for still in wanted}), MAX_FOOTAGE
    said, files = [], {}
    try:
        for still in sorted(wanted, key=lambda one: (one.clip, one.index, one.fit)):  # onwards: decoded in one go
            content = packed(reels.picture(still.clip, still.index, still.size, still.fit))
            digest = sha256(content).hexdigest()
            left -= 0 if digest in files else len(content)
            if left < 0:
                what = f"the pictures of clips that {len(samples)} frames look at have more than {MAX_FOOTAGE:,} bytes"
                raise StoreError(f"{what}; choose a smaller --count, or bundle a render at a smaller size")
            files[digest] = content
            said.append({**asdict(still), "picture": digest})
    except ClipError as fault:
        raise StoreError(str(fault)) from fault
    finally:
        reels.close()
    return said, {still_name(digest): content for digest, content in files.items()}


def _reels(record: FilmRecord, digests: set[str]) -> Reels:
    from ..render import reels_of

    paths = {clip.digest: Path(clip.path) for clip in record.clips}
    clips = []
    for digest in sorted(digests):
        if digest not in paths:
            raise StoreError(f"clip {digest[:12]}...: the film's record does not say where it is; render again")
        try:
            found = look_at(paths[digest])
        except ClipFault as fault:
            raise StoreError(f"{paths[digest]}: {fault.what}; put the clip back in its place") from fault
        if found.digest != digest:
            raise StoreError(f"{paths[digest]}: is not the clip the film was drawn over; restore it or render again")
        clips.append(found)
    return reels_of(clips)


def still_name(digest: str) -> str:
    """Return the name of a clip's picture inside an archive, by its own digest."""
    return f"clips/{digest}.png"


def frame_name(shot: str, frame: int) -> str:
    """Return the name of a frame inside an archive."""
    return f"frames/{shot}/{frame:05d}.png"


def _manifest(record: FilmRecord, store: FrameStore, samples: list[Sample]) -> dict[str, Any]:
    assert record.script is not None
    facts = engine_in(store.read(record.shots[0].name, 0))
    return {
        "format": FORMAT,
        "film": record.name,
        "fps": record.fps,
        "preset": record.script.preset,
        "settings": list(record.script.settings),
        "facts": facts,
        "machine": machine_facts(),
        "shots": [{"name": shot.name, "keys": list(shot.keys)} for shot in record.shots],
        "samples": samples,
        "music": None if record.music is None else record.music.digest,
        "beside_music": [
            {"name": Path(one.path).name, "digest": one.digest} for one in (record.music.beside if record.music else ())
        ],
        "pictures": [one.digest for one in record.pictures],
    }


def _content(file: PictureFile | SideFile, what: str) -> bytes:
    try:
        content = Path(file.path).read_bytes()
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise StoreError(f"{file.path}: the {what} cannot be read ({reason}); put it back in its place") from fault
    if sha256(content).hexdigest() != file.digest:
        raise StoreError(f"{file.path}: is not the {what} the film was drawn with; restore it or render again")
    return content


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.startswith(("frames/", "clips/")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return made.getvalue()
