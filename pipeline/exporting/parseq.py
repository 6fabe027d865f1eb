"""A film as a Parseq document: keyframes to go on editing, and the rendered number of every frame and field.

What would surprise: Parseq's fields of motion are where the camera is, and what Deforum reads are their differences
from frame to frame; so speeds are summed up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..importing.parseq import FIELDS, MOTION
from ..importing.report import ABOUT, EXACT, Entry
from ..importing.sheet import number
from . import deforum
from .outgoing import Outgoing, tidy_or_whole
from .sampled import key_frames, tidy
from .wishes import Stretch, line, stretches, texts_only

NAME = "Parseq"
NAMES = {key: name for name, key in FIELDS.items()}
HELD = {"prompts", "fps", "max_frames", "diffusion_cadence"}  # besides the fields
ELSEWHERE = "stands in Deforum's own settings: export --to deforum too, and give it this file as parseq_manifest"


def manifest(out: Outgoing) -> None:
    """Write the film as a document with all its frames rendered."""
    deforum.settings(out)
    cadence = out.values["diffusion_cadence"]
    fields = _fields(out)
    speeds = {name: found for name, found in fields.items() if name in MOTION}
    places = fields | {name: _summed(name, found) for name, found in speeds.items()}
    found = stretches(texts_only(out))
    bpm = out.reading.tempo.heard_bpm or 120
    last = max(1, out.n_frames - 1)
    out.values = {
        "meta": {"generated_by": "clip-guided-animation", "doc_name": out.film.title or out.film.name},
        "options": {"input_fps": tidy(out.film.fps), "output_fps": tidy(out.film.fps), "bpm": bpm, "cadence": cadence},
        "managedFields": list(places),
        "displayedFields": list(places),
        "keyframeLock": "frames",
        "reverseRender": False,
        "timeSeries": [],
        "prompts": _prompts(found, last),
        "keyframes": _keyframes(places),
        "rendered_frames": _rendered(places, speeds, found, out.n_frames),
        "rendered_frames_meta": {
            name: {"max": tidy(np.abs(values).max()), "min": tidy(values.min()), "isFlat": bool(np.ptp(values) == 0)}
            for name, values in places.items()
        },
    }
    _judge(out)


def _fields(out: Outgoing) -> dict[str, np.ndarray]:
    """Return Parseq's fields: what Deforum's schedules of the same names hold, and each frame's seed."""
    fields = {NAMES[key]: values for key, values in out.columns.items() if key in NAMES and key != "seed_schedule"}
    seed, mode = out.plans[0].seed, out.word("look.seed_mode", "seed")
    frames = np.arange(out.n_frames, dtype=np.float64)
    fields["seed"] = (
        seed
        + {
            "frame": frames,
            "fixed": 0 * frames,
            "alternate": frames % 2,
            "ladder": np.where(frames % 2, (frames - 1) / 2 + 2, frames / 2),
            "schedule": out.column("look.seed_schedule"),
        }[mode]
    )
    return fields


def _summed(name: str, speeds: np.ndarray) -> np.ndarray:
    """Return where a speed leads; before frame 1 nothing moves."""
    rest = 1.0 if name == "zoom" else 0.0
    return rest + np.concatenate([[0.0], np.cumsum(speeds[1:] - rest)])


def _keyframes(places: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Return rows that have a number where a field's straight line ends."""
    at: dict[int, dict[str, Any]] = {}
    for name, values in places.items():
        for frame in {*key_frames(values[:, None]), len(values) - 1}:
            at.setdefault(frame, {"frame": frame})[name] = tidy_or_whole(values[frame])
        at[0][f"{name}_i"] = "L"
    return [at[frame] for frame in sorted(at)]


def _rendered(
    places: dict[str, np.ndarray], speeds: dict[str, np.ndarray], found: list[Stretch], n_frames: int
) -> list[dict[str, Any]]:
    texts = _texts(found)
    peaks = {name: float(np.abs(values).max()) or 1.0 for name, values in places.items()}
    result = []
    for frame in range(n_frames):
        row: dict[str, Any] = {"frame": frame}
        for name, values in places.items():
            value = float(values[frame])
            before = float(values[frame - 1]) if frame else 0.0
            change = float(speeds[name][frame]) if name in speeds and frame else value - before
            row[name] = tidy_or_whole(value)
            row[f"{name}_delta"] = tidy_or_whole(change)
            row[f"{name}_pc"] = tidy_or_whole(100 * value / peaks[name])
        seed = float(places["seed"][frame])
        row |= {"subseed": int(np.ceil(seed)), "subseed_strength": tidy_or_whole(seed - np.floor(seed))}
        result.append(row | {"deforum_prompt": texts[frame]})
    return result


def _texts(found: list[Stretch]) -> list[str]:
    """Return each frame's text, in which every weight is a number."""
    texts = []
    for stretch in found:
        for index in range(len(stretch.weights)):
            one = Stretch(stretch.start + index, stretch.things, stretch.weights[index : index + 1])
            texts.append(line(one, lambda first, slope, start: number(first)))
    return texts


def _prompts(found: list[Stretch], last: int) -> dict[str, Any]:
    """Return a prompt for each stretch; weights that go along a line are expressions of Parseq's."""
    prompts = []
    for count, stretch in enumerate(found, 1):
        wanted, _, unwanted = line(stretch, _formula).partition(" --neg ")
        end = stretch.start + len(stretch.weights) - 1
        prompts.append(
            {
                "name": f"Prompt {count}",
                "positive": wanted,
                "negative": unwanted,
                "allFrames": len(found) == 1,
                "from": stretch.start,
                "to": min(end, last),
                "overlap": {"type": "none", "inFrames": 0, "outFrames": 0, "custom": f"prompt_weight_{count}"},
            }
        )
    return {
        "format": "v2",
        "enabled": True,
        "promptList": prompts,
        "commonPrompt": {"name": "Common", "positive": "", "negative": "", "allFrames": True},
        "commonPromptPos": "append",
    }


def _formula(first: float, slope: float, start: int) -> str:
    """Write a weight as Parseq's prompts do; its operators lean to the right, which changes nothing here."""
    if slope == 0:
        return number(first)
    return f"${{{number(first)}{'+' if slope > 0 else '-'}{number(abs(slope))}*(f-{start})}}"


def _judge(out: Outgoing) -> None:
    """Turn the verdicts on Deforum's settings into those on what a manifest holds of them."""
    for name, entry in out.report.entries.copy().items():
        keys = entry.now.split(", ")
        if entry.verdict not in (EXACT, ABOUT) or name in ("shots", "prompt_fade", "prompts.only"):
            continue
        fields = [NAMES.get(key, key) for key in keys if key in NAMES or key in HELD]
        if name == "size":
            size = out.film.size
            why = f"translations are pixels of a picture of {size.width}x{size.height}, which {ELSEWHERE}"
            out.report.missing(name, why)
        elif not fields:
            out.report.missing(name, ELSEWHERE)
        elif entry.verdict == ABOUT:
            out.report.entries[name] = Entry(name, ABOUT, ", ".join(fields), entry.why)
        else:
            out.report.entries[name] = Entry(name, EXACT, ", ".join(fields))
    for name in ("seed", "look.seed_mode"):
        out.report.entries.pop(name, None)
        out.report.about(name, "seed", "each frame's seed as a number; the noise is another")
    if out.told("look.seed_schedule"):
        out.report.entries.pop("look.seed_schedule")
        out.report.exact("look.seed_schedule", "seed, subseed, subseed_strength")
