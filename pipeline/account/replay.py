"""An archive from elsewhere in; each of its frames drawn again here, beside what was drawn there.

Nothing in an archive is trusted: members are read by the names the manifest gives, each up to a limit, and nothing of
it is written to the disk but pictures under names of our own.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..footage import Still, Stills, unpacked
from ..models import engine_facts, refuse_absent
from ..models.compiling import REPLAYED
from ..render import Progress, Tools, Watch, painted
from ..store import StoredFrame, engine_in
from ..store.frame_file import decode
from ..store.layout import SHOT_NAME
from ..store.rebuild import plan_in
from ..types import Engine, Frame, PictureFile, Size
from .bundle import FORMAT, MANIFEST, MAX_FOOTAGE, frame_name, still_name

MAX_ARCHIVE = 2 * 2**30
MAX_MEMBER = 256 * 2**20
MAX_TEXT = 64 * 2**20
MAX_SAMPLES = 1000
MAX_STILLS = 2 * MAX_SAMPLES
TOLERANCE = 4.0
"""Mean difference, in levels of 255, up to which two engines are held to have drawn one picture."""
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Match:
    """How a frame drawn here compares with the one in the archive, differences in levels of 255."""

    shot: str
    frame: int
    exact: bool
    mean: float
    largest: int

    def is_good(self, *, same_engine: bool) -> bool:
        """Tell whether this is what was promised: the same bits for the same engine, else the same picture."""
        return self.exact if same_engine else self.mean <= TOLERANCE


@dataclass(frozen=True, slots=True)
class Replay:
    """All matches, and the facts in which the engine here is another, there and here."""

    matches: tuple[Match, ...]
    other_facts: Mapping[str, tuple[str, str]]


def replay(path: Path, *, watch: Watch = lambda _: None) -> Replay:
    """Draw every sample of an archive again and compare.

    Raises: StoreError for what is no archive of ours; ModelError for models that are not there.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        frames: dict[str, StoredFrame] = {}
        samples = manifest["samples"]
        for one in samples:
            for frame in (one["frame"], *one["needs"]):
                name = frame_name(one["shot"], frame)
                frames[name] = frames.get(name) or _frame(archive, name, path)
        there = engine_in(next(iter(frames.values())))
        engine = _engine(there, path)
        with tempfile.TemporaryDirectory(prefix="pipeline-bundle-") as folder:
            pictures = _pictures(archive, manifest, Path(folder), path)
            stills = _stills(archive, manifest, frames, path)
            refuse_absent(engine)  # before torch is imported
            from ..sample.easel import set_up
            from ..warp import Sight

            tools = set_up(engine, pictures=pictures), Sight(engine, pictures, stills)
            careful = replace(engine, precision="float32")
            hands = (lambda: tools), cache(lambda: (set_up(careful, pictures=pictures), tools[1]))
            matches = []
            for number, one in enumerate(samples):
                matches.append(_match(one, frames, hands, watch, Progress("drawing", number, len(samples))))
    here = engine_facts(engine)
    names = sorted(there.keys() | here.keys())
    other = {name: (there.get(name, ""), here.get(name, "")) for name in names if there.get(name) != here.get(name)}
    return Replay(tuple(matches), other)


def _match(
    one: dict[str, Any], frames: Mapping[str, StoredFrame], hands: tuple[Tools, Tools], watch: Watch, now: Progress
) -> Match:
    import numpy as np

    stored = frames[frame_name(one["shot"], one["frame"])]
    plan = plan_in(stored)

    def earlier(frame: int) -> Frame | None:
        found = frames.get(frame_name(one["shot"], frame))
        return None if found is None else Frame(found.pixels, found.key)

    needs = {*plan.drawn_from, *plan.looks_at}
    ends = {number: found for number in needs if (found := earlier(number)) is not None}
    if ends.keys() != needs:
        raise StoreError(
            f"frame {one['frame']} of shot '{one['shot']}': the archive lacks a frame that it is drawn from"
        )
    drawn = painted(plan, ends, hands, engine_in(stored), watch=watch, now=now).pixels
    watch(replace(now, doing="painted"))
    if drawn.shape != stored.pixels.shape:
        raise StoreError(f"frame {one['frame']} of shot '{one['shot']}': its plan is of another size than its picture")
    apart = np.abs(drawn.astype(np.int16) - stored.pixels.astype(np.int16))
    return Match(one["shot"], one["frame"], not apart.any(), float(apart.mean()), int(apart.max()))


# --- reading what cannot be trusted -----------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        if path.stat().st_size > MAX_ARCHIVE:
            raise _refused(path, f"it has more than {MAX_ARCHIVE:,} bytes")
        data = path.read_bytes()
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()})") from fault
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError) as fault:
        raise _refused(path, str(fault).lower() or "it is no zip file") from fault


def _member(archive: zipfile.ZipFile, name: str, path: Path, limit: int) -> bytes:
    """Return a member's bytes, unpacked no further than the limit whatever its header claims."""
    import zlib

    try:
        with archive.open(name) as member:
            data = member.read(limit + 1)
    except KeyError:
        raise _refused(path, f"it lacks {name}") from None
    except (zlib.error, RuntimeError, OSError) as fault:  # also a member that is encrypted
        raise _refused(path, f"{name} cannot be unpacked") from fault
    if len(data) > limit:
        raise _refused(path, f"{name} has more than {limit:,} bytes")
    return data


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_member(archive, MANIFEST, path, MAX_TEXT))
        if found["format"] != FORMAT:
            raise ValueError(f"its format is {found['format']!r}, known is {FORMAT}")
        samples = found["samples"]
        if not 1 <= len(samples) <= MAX_SAMPLES:
            raise ValueError(f"it has {len(samples)} samples")
        for one in samples:
            numbers = [one["frame"], *one["needs"]]
            if not SHOT_NAME.fullmatch(one["shot"]) or len(numbers) > 3:
                raise ValueError("a sample is none")
            if not all(type(number) is int and 0 <= number < 10_000_000 for number in numbers):
                raise ValueError("a sample's frame is none")
        if not all(isinstance(one, str) and DIGEST.fullmatch(one) for one in found["pictures"]):
            raise ValueError("a picture is none")
        if len([_still(one) for one in found.get("footage", ())]) > MAX_STILLS:
            raise ValueError("it has too many pictures of clips")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise _refused(path, f"its manifest is none: {fault}") from fault
    return found


def _engine(facts: Mapping[str, str], path: Path) -> Engine:
    """Return the engine whose facts are written inside a frame; on another graphics card, the one that is here."""
    try:
        diffusion, *_ = facts["diffusion model"].split()
        clips = tuple(one.split()[0] for one in facts["clip models"].split(", "))
        device, threads = facts["device"].split()[0], int(facts["threads"])
        batch, compiler = int(facts.get("batch", 1)), facts.get("compile", "")
        others = ("secondary", "depth", "flow")
        secondary, depth, flow = (facts.get(f"{kind} model", "").partition(" ")[0] for kind in others)
        precision = facts["dtype"].split()[0]  # a frame may be "float32 after float16"
        if not (0 <= threads <= 1024 and 1 <= batch <= 64) or device not in ("cpu", "cuda"):
            raise ValueError("no engine")
    except (KeyError, ValueError, IndexError) as fault:
        raise _refused(path, "its frames name no engine") from fault
    if device == "cuda":
        device, precision = "auto", "auto"
    how = ("graphs" if compiler.endswith(REPLAYED) else "on") if compiler else "off"
    return Engine(diffusion, clips, device, threads, secondary, precision, depth, flow, batch, how)


def _frame(archive: zipfile.ZipFile, name: str, path: Path) -> StoredFrame:
    try:
        return decode(_member(archive, name, path, MAX_MEMBER))
    except ValueError as fault:
        raise _refused(path, f"{name} is damaged: {fault}") from fault


def _pictures(archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path, path: Path) -> tuple[PictureFile, ...]:
    found = []
    for digest in manifest["pictures"]:
        data = _member(archive, f"pictures/{digest}", path, MAX_MEMBER)
        if sha256(data).hexdigest() != digest:
            raise _refused(path, f"a picture has another sha256 than {digest[:12]}...")
        place = folder / digest
        place.write_bytes(data)
        found.append(PictureFile(digest, str(place)))
    return tuple(found)


def _stills(
    archive: zipfile.ZipFile, manifest: dict[str, Any], frames: Mapping[str, StoredFrame], path: Path
) -> Stills:
    """Return the pictures of clips that the samples look at; none that is not asked for is unpacked."""
    from ..warp import looked_at

    there = dict(map(_still, manifest.get("footage", ())))
    found: dict[Still, bytes] = {}
    known: dict[str, bytes] = {}
    for one in manifest["samples"]:
        for still in looked_at(plan_in(frames[frame_name(one["shot"], one["frame"])])):
            if still not in there:
                raise _refused(
                    path, f"frame {one['frame']} of shot '{one['shot']}' follows a picture that is not in it"
                )
            digest = there[still]
            if digest not in known:
                left = MAX_FOOTAGE - sum(map(len, known.values()))
                known[digest] = _member(archive, still_name(digest), path, left)
            if sha256(known[digest]).hexdigest() != digest or unpacked(known[digest], still.size) is None:
                raise _refused(path, f"{still_name(digest)} is damaged")
            found[still] = known[digest]
    return Stills(found)


def _still(said: dict[str, Any]) -> tuple[Still, str]:
    size = Size(said["size"]["height"], said["size"]["width"])
    texts, numbers = (said["clip"], said["picture"]), (said["index"], size.height, size.width)
    if not all(isinstance(text, str) and DIGEST.fullmatch(text) for text in texts) or not isinstance(said["fit"], str):
        raise ValueError("a picture of a clip is none")
    if not all(type(number) is int and 0 <= number < 10_000_000 for number in numbers):
        raise ValueError("a picture of a clip is none")
    return Still(said["clip"], said["index"], size, said["fit"]), said["picture"]


def _refused(path: Path, why: str) -> StoreError:
    return StoreError(f"{path}: no archive of `pipeline bundle` ({why}); make it again")
