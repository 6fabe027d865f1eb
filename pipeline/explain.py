"""Say what every value of a film is at one frame, or one value at every frame, and which line of which file says so.

Nothing is drawn and nothing printed. What would surprise: a shot's first frame has no camera move, yet its camera
values are told, since they are what its curves say.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .errors import KeyframeError, UsageError
from .schedule import Reading, Score
from .schedule.bounds import NO_PICTURE, PARAMETERS, PATHS, WORDS
from .schedule.clips import PREFIX as OF_CLIP
from .schedule.clock import NEEDS_BPM
from .schedule.keys import Curve
from .schedule.origin import NOT_SET, Origin, is_key, origin, prompt_origin
from .schedule.preset import FILM_KEYS
from .schedule.song.music import TIMES as TIMES_OF_MUSIC
from .schedule.trace import HEARD, LET, curve_of, find_name, follow, keys_at, value_names, wish_of
from .types import Film, FilmFormat, FramePlan, Mark, StepValues, WeightedPrompt
from .types.codec import FACTORS

WHOLE = frozenset(name for name, parameter in PARAMETERS.items() if parameter.bounds.is_whole)
PARTS = ("camera", "frame", "follow", "look", "init")
TIMES = {
    "sec": "seconds of the shot",
    "film_sec": "seconds of the film",
    "beat": "beats of the shot, from 0",
    "bar": "bars of the shot, from 0",
}
OF_SONG = {"beat": "beats of the music, from 0", "bar": "bars of the music, from 0"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a frame.

    Convention: `value` is what JSON can hold: a number, a text, a list with one number for each executed step, or None
        where there is no value; `mark` is None where no file says it.
    """

    name: str
    value: Any
    how: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A value at one frame of the film; `frame` and `sec` count through the whole film."""

    shot: str
    frame: int
    sec: float
    value: Any
    is_key: bool
    origin: Origin


def explain(reading: Reading, frame: int) -> tuple[Fact, ...]:
    """Return everything about the film's frame number `frame`, from 0 over all shots.

    Raises: UsageError for a frame the film does not have.
    """
    score, t = score_at(reading, frame)
    plan = score.shot.plans[t]
    names = [name for name in value_names(reading) if score.clips or not name.startswith(OF_CLIP)]
    values = [_value_fact(score, name, t) for name in names]
    words = [_word_fact(score, name, plan) for name in (*WORDS, *PATHS)]
    ours = [fact for fact in values if fact.name.startswith((LET, HEARD))]
    return (
        *_times(reading, score, frame, t),
        *(fact for part in PARTS for fact in (*words, *values) if fact.name.startswith(f"{part}.")),
        *_prompts(reading, score, plan, t),
        *ours,
        *_settings(reading, score),
    )


def score_at(reading: Reading, frame: int) -> tuple[Score, int]:
    """Return the shot that a film's frame lies in, and the frame's number in it.

    Raises: UsageError for a frame the film does not have.
    """
    left = frame
    for score in reading.scores:
        if 0 <= left < len(score.shot.plans):
            return score, left
        left -= len(score.shot.plans)
    last = reading.film.n_frames - 1
    raise UsageError(f"--frame {frame}: {reading.film.source} has frames 0 to {last}; choose one of them")


def follow_value(reading: Reading, wanted: str) -> tuple[Row, ...]:
    """Return a value at every frame of the film.

    Raises: UsageError with a suggestion for a name that is not known; KeyframeError where it is not a number.
    """
    name, fps = find_name(reading, wanted), reading.film.fps
    rows: list[Row] = []
    for score in reading.scores:
        curve = curve_of(score, name)
        for t, value in enumerate(follow(score, name)):
            frame = len(rows)
            said = NOT_SET if curve is None else origin(curve, score.scope, t)
            marked = curve is not None and is_key(curve, t)
            rows.append(Row(score.shot.name, frame, frame / fps, plain(name, value), marked, said))
    return tuple(rows)


def plain(name: str, value: StepValues) -> Any:
    """Return a value as JSON holds it: one number, or a list where the executed steps have different ones."""
    numbers = [int(number) if name in WHOLE else number for number in value]
    return numbers[0] if len(numbers) == 1 else numbers


def _times(reading: Reading, score: Score, frame: int, t: int) -> list[Fact]:
    names = [name for name in TIMES if reading.tempo.heard_bpm is not None or name not in NEEDS_BPM]
    found = score.scope.clock.variables(names, np.array([float(t)]))
    times = {name: float(found[name].reshape(-1)[0]) for name in names}
    where = score.places.get("frames")
    says = TIMES if reading.tempo.heard_grid is None else TIMES | OF_SONG
    return [
        Fact("film", reading.film.name),
        Fact("frame", frame),
        Fact("shot", score.shot.name),
        Fact("frames", len(score.shot.plans), "length of the shot", where),
        Fact("t", t, "frame of the shot"),
        *(Fact(name, round(times[name], 6), says[name]) for name in names),
        Fact("labels", [label.name for label in score.shot.labels if label.frame == t], "labels at this frame"),
    ]


def _value_fact(score: Score, name: str, t: int) -> Fact:
    curve = curve_of(score, name)
    if curve is None:
        how, mark = _of_signal(score, name) if name.startswith(HEARD) else (NOT_SET.how, None)
        return Fact(name, plain(name, follow(score, name)[t]), how, mark)
    said = origin(curve, score.scope, t)
    try:
        value = plain(name, follow(score, name)[t])
    except KeyframeError as fault:
        return Fact(name, None, fault.complaints[0].what, fault.complaints[0].mark)
    return Fact(name, value, said.how, said.mark)


def _of_signal(score: Score, name: str) -> tuple[str, Mark | None]:
    """Return what a signal is made of, and where that is written."""
    song = score.scope.clock.tempo.song
    assert song is not None, "signals are heard in music"
    return song.about(name.removeprefix(HEARD))


def _word_fact(score: Score, name: str, plan: FramePlan) -> Fact:
    if name in score.words:
        node = score.words[name]
        if name == "look.unsaid" and plan.look.unsaid != node.text.strip():
            return Fact(name, plan.look.unsaid, "what the shot begins with, or is drawn over, says it", node.mark)
        return Fact(name, node.text.strip(), "constant", node.mark)
    return Fact(name, WORDS[name][0] if name in WORDS else NO_PICTURE, NOT_SET.how)


def _prompts(reading: Reading, score: Score, plan: FramePlan, t: int) -> list[Fact]:
    key, after = keys_at(score, t)
    held = prompt_origin(key, after, t, n_keys=len(score.prompts))
    paths = {file.digest: file.path for file in reading.film.pictures}
    facts = []
    for number, prompt in enumerate(plan.prompts):
        name, wish = f"prompts.{number}", wish_of(score, t, prompt.text, prompt.image, prompt.only)
        mark = wish.place.mark if wish else held.mark
        facts.append(_thing(name, prompt.text, prompt.image, paths, Origin(held.how, mark)))
        weight = Origin(held.how, mark)
        if wish and not _is_constant(wish.weight):
            weight = origin(wish.weight, score.scope, t)
        facts.append(Fact(f"{name}.weight", prompt.weight, weight.how, weight.mark))
        if prompt.only:
            facts.append(Fact(f"{name}.only", list(prompt.only), "the CLIPs that see it", mark))
        facts += _blend(name, prompt, score, t, paths, held)
    return facts


def _blend(name: str, prompt: WeightedPrompt, score: Score, t: int, paths: dict[str, str], held: Origin) -> list[Fact]:
    if prompt.blend is None:
        return []
    other = wish_of(score, t, prompt.blend.text, prompt.blend.image, prompt.only)
    said = Origin("what it is turning into", other.place.mark if other else held.mark)
    thing = _thing(f"{name}.blend", prompt.blend.text, prompt.blend.image, paths, said)
    return [thing, Fact(f"{name}.blend.share", prompt.blend.share, held.how, held.mark)]


def _thing(name: str, text: str, image: str, paths: dict[str, str], said: Origin) -> Fact:
    if image:
        return Fact(f"{name}.image", paths.get(image, image), said.how, said.mark)
    return Fact(f"{name}.text", text, said.how, said.mark)


def _is_constant(curve: Curve) -> bool:
    return not curve.is_timed and not curve.names


def _settings(reading: Reading, score: Score) -> list[Fact]:
    film, places = reading.film, reading.places
    seed = score.places.get("seed")
    first = reading.scores[0]
    later = score is not first and seed == first.places.get("seed")
    bpm, grid = reading.tempo.heard_bpm, reading.tempo.heard_grid
    found = {
        "fps": film.fps,
        **({"bpm": bpm} if bpm is not None else {}),
        "beats_per_bar": reading.tempo.beats_per_bar if grid is None else grid.tempo.beats_per_bar,
        "size.width": film.size.width,
        "size.height": film.size.height,
        **_format(film.format),
        **({"title": film.title} if film.title else {}),
        **_music(film),
        **_cues(reading),
        "models.diffusion": film.engine.diffusion_model,
        "models.clip": list(film.engine.clip_models),
        "models.secondary": film.engine.secondary_model or "none",
        "device": film.engine.device,
        "precision": film.engine.precision,
        "threads": film.engine.threads,
        "batch": film.engine.batch,
        "compile": film.engine.compile,
    }
    facts = [
        Fact(name, value, "constant", places.get(name, places.get(name.split(".")[0]))) for name, value in found.items()
    ]
    how = "the film's seed plus the shot's number, from 0" if later else "constant"
    return [Fact("seed", score.shot.plans[0].seed, how, seed), *facts]


def _format(format: FilmFormat) -> dict[str, Any]:
    """Return how the film is packed, as it acts: with the rate factor and the sound that `auto` stands for."""
    factors = {value: word for word, value in FACTORS.items()}
    crf, said = format.settled_crf, asdict(format)
    said |= {"crf": "none" if crf is None else crf, "audio": format.settled_audio}
    said |= {key: factors[said[key]] for key in ("interpolate", "upscale")}
    return {f"film.{key}": said[key] for key in FILM_KEYS}


def _cues(reading: Reading) -> dict[str, Any]:
    """Return the files of cues as they are written, where there are any."""
    names = [file.name for file in reading.tempo.song.cues.files] if reading.tempo.song else []
    return {"music.cues": names} if names else {}


def _music(film: Film) -> dict[str, Any]:
    """Return what is known of the film's music, under the names that a keyframe file has for it."""
    if film.music is None:
        return {}
    times = {key: getattr(film.music, f"{key}_s") for key in TIMES_OF_MUSIC}
    return {"music.file": film.music.path, **{f"music.{key}": value for key, value in times.items()}} | {
        "music.volume": film.music.volume
    }
