"""Film and folder in, each frame's identity out, and where in the film one engine's frames meet another's.

A frame that is there and right but for the engine that drew it keeps the identity it has, and those after it rest on
that; whether such a seam is wanted, the caller says. Which engine drew a frame stands in the frame's own file, which
ones may meet in the film's record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import StoreError
from .store import FrameStore, Seam, State, engine_in, frame_key, recorded_seams
from .types import Film, FramePlan, Shot

Facts = Mapping[str, str]
KEPT = (State.VALID, State.TAKE)
UNSAID = {"batch": "1", "compile": "off"}  # what a fact is that an engine does not tell
HALF = ("float16", "bfloat16")
_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


@dataclass(frozen=True, slots=True)
class Identities:
    """What each frame of a film is to be.

    Convention: `facts` are those of the engine as it is now; `keys` has for each shot's name the identities of its
        frames; `drawn_by` the facts of the engine that drew each, or will; `unaccepted` are the `seams` that the film's
        record does not know.
    """

    facts: Facts
    keys: Mapping[str, tuple[str, ...]]
    drawn_by: Mapping[str, tuple[Facts, ...]]
    seams: tuple[Seam, ...] = ()
    unaccepted: tuple[Seam, ...] = ()


def of_one_engine(film: Film, facts: Facts) -> Identities:
    """Return what each frame is where one engine draws them all."""
    keys = {shot.name: chain_keys(shot, facts) for shot in film.shots}
    return Identities(facts, keys, {shot.name: (facts,) * len(shot.plans) for shot in film.shots})


def as_stored(film: Film, facts: Facts, folder: Path) -> Identities:
    """Return what each frame is where those in `folder` that only another engine sets apart are kept.

    Raises: StoreError where the folder cannot be read.
    """
    store, recorded = FrameStore(folder), recorded_seams(folder)
    names = [shot.name for shot in film.shots]
    ends = [(names.index(seam.shot), seam) for seam in recorded if seam.shot in names]
    known = [engine for seam in recorded for engine in (seam.before, seam.after)]
    keys: dict[str, tuple[str, ...]] = {}
    drawn_by: dict[str, tuple[Facts, ...]] = {}
    for number, shot in enumerate(film.shots):
        chain: dict[int, str] = {}
        engines: dict[int, Facts] = {}
        for plan in in_order(shot.plans):
            later = (seam.before for at, seam in ends if (number, plan.frame) < (at, seam.frame))
            engines[plan.frame] = _engine_of(plan, chain, store, [next(later, facts), facts], known)
            chain[plan.frame] = _key(plan, chain, engines[plan.frame])
        keys[shot.name] = tuple(chain[plan.frame] for plan in shot.plans)
        drawn_by[shot.name] = tuple(engines[plan.frame] for plan in shot.plans)
    seams = _seams(film, drawn_by, facts)
    return Identities(facts, keys, drawn_by, seams, tuple(seam for seam in seams if seam not in recorded))


def in_single(facts: Facts) -> Facts | None:
    """Return the engine that draws a frame again where half precision gave values that are not finite.

    Convention: None for an engine that computes in single precision already. It has a name of its own, so that a frame
        says that it was drawn twice.
    """
    return {**facts, "dtype": f"float32 after {facts['dtype']}"} if facts.get("dtype") in HALF else None


def of_one_setting(engine: Facts, other: Facts) -> bool:
    """Tell whether two engines are the same, or one what the other falls back on for a frame: no seam is between."""
    return other in (engine, in_single(engine)) or engine == in_single(other)


def drawn_by_another(film: Film, found: Identities, shot: str, frame: int, engine: Facts) -> Identities:
    """Return what each frame is once the frame of a shot is drawn by `engine`, on which those after it then rest."""
    plans = next(one.plans for one in film.shots if one.name == shot)
    engines = [*found.drawn_by[shot]]
    engines[frame] = engine
    drawn_by = {**found.drawn_by, shot: tuple(engines)}
    keys = {**found.keys, shot: _chained(plans, engines)}
    return replace(found, keys=keys, drawn_by=drawn_by, seams=_seams(film, drawn_by, found.facts))


def chain_keys(shot: Shot, facts: Facts) -> tuple[str, ...]:
    """Return the identity of every frame of a shot that one engine draws.

    Convention: a frame that carries another one over rests on its identity, one that lies between two on theirs, and
        one whose conditioning looks at other frames of the shot on theirs too.
    """
    return _chained(shot.plans, [facts] * len(shot.plans))


def _chained(plans: Sequence[FramePlan], engines: Sequence[Facts]) -> tuple[str, ...]:
    keys: dict[int, str] = {}
    by_frame = {plan.frame: engine for plan, engine in zip(plans, engines, strict=True)}
    for plan in in_order(plans):
        keys[plan.frame] = _key(plan, keys, by_frame[plan.frame])
    return tuple(keys[plan.frame] for plan in plans)


def in_order(plans: Sequence[FramePlan]) -> Iterator[FramePlan]:
    """Yield a shot's plans in the order in which they are drawn: each after those that it is drawn from."""
    waiting: list[FramePlan] = []
    for plan in plans:
        if plan.between is not None:
            waiting.append(plan)
            continue
        yield plan
        yield from waiting
        waiting.clear()


def refuse_seams(film: Film, found: Identities, folder: Path) -> None:
    """Name the first place where frames of two engines would meet without anybody having asked for it.

    Raises: StoreError.
    """
    if not found.unaccepted:
        return
    seam = found.unaccepted[0]
    lengths = {shot.name: len(shot.plans) for shot in film.shots}
    at, n_other = place_in(lengths, seam), sum(one != found.facts for ones in found.drawn_by.values() for one in ones)
    where = f"a seam at frame {at}" if at < film.n_frames else "a film of that engine"
    more = f" and {len(found.unaccepted) - 1} more" if len(found.unaccepted) > 1 else ""
    raise StoreError(
        f"{folder}: {n_other} of its frames were drawn with another engine, and keeping them makes {where}{more} "
        f"({differing(seam)}; fingerprints {fingerprint(seam.before)} and {fingerprint(seam.after)}); set the engine "
        "back, or render with --accept-seam to keep them, with --redraw to draw them again, or into another --out"
    )


def place_in(lengths: Mapping[str, int], seam: Seam) -> int:
    """Return the number of a film's first frame after a seam, from the lengths of its shots in order."""
    names = list(lengths)
    return sum(lengths[name] for name in names[: names.index(seam.shot)]) + seam.frame


def differing(seam: Seam) -> str:
    """Name what sets the two engines apart: `threads: 1 before, 2 after`."""
    names = sorted(seam.before.keys() | seam.after.keys())
    parts = [(name, *(one.get(name, UNSAID.get(name, "none")) for one in (seam.before, seam.after))) for name in names]
    said = ", ".join(f"{name}: {old} before, {new} after" for name, old, new in parts if old != new)
    return _DIGEST.sub(r"\1...", said)


def fingerprint(facts: Facts) -> str:
    """Return a short name for all facts about an engine."""
    return hashlib.sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()[:12]


def _key(plan: FramePlan, known: Mapping[int, str], facts: Facts) -> str:
    previous, after = ([known[number] for number in plan.drawn_from] + [None, None])[:2]
    return frame_key(previous, plan, facts, seen={number: known[number] for number in plan.looks_at}, after=after)


def _engine_of(
    plan: FramePlan, before: Mapping[int, str], store: FrameStore, likely: list[Facts], known: Iterable[Facts]
) -> Facts:
    """Return the engine that drew what is kept in a frame's place, the one of now where nothing is.

    Convention: `likely` are the engine that the record speaks of and the one of now, which is also the answer where
        no engine fits.
    """
    tried: list[Facts] = []
    candidates = [*likely]
    for engine in candidates:
        if engine in tried:
            continue
        tried.append(engine)
        state, record = store.glance(plan.shot, plan.frame, _key(plan, before, engine))
        if state in KEPT:
            return engine
        if len(tried) == 1:
            candidates += [*([] if record is None else [engine_in(record)]), *known]
    return likely[-1]


def _seams(film: Film, drawn_by: Mapping[str, tuple[Facts, ...]], facts: Facts) -> tuple[Seam, ...]:
    places = [(shot.name, index, engine) for shot in film.shots for index, engine in enumerate(drawn_by[shot.name])]
    after = [*(engine for *_, engine in places[1:]), facts]
    return tuple(
        Seam(shot, index + 1, dict(engine), dict(following))
        for (shot, index, engine), following in zip(places, after, strict=True)
        if not of_one_setting(engine, following)
    )
