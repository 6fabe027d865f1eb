"""Turn what a keyframe file says of its shots into planned shots.

What a shot may say may also stand at the top of the file, where it holds for every shot that does not say otherwise;
the preset's settings hold where the file says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import Complaint
from ..types import Label, Mark
from . import fields, preset
from .bounds import INIT_OVER_STEPS, LOOK_OVER_STEPS, PARAMETERS, PATHS, WORDS
from .clips import overlaid_weights
from .clock import MAX_FRAMES, Clock
from .film_settings import FilmSettings, overlaid
from .labels import read_labels
from .length import Start, ends_with_clip, ends_with_music, followed_clip, length_of
from .pictures.footage import Cut
from .plan import Score, plan
from .prompt import SUDDEN, read_fade
from .scope import Source
from .sections import ShotSettings
from .song.cue_files import refuse_names
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse

SHOT_KEYS = (
    *("duration", "frames", "seed", "labels", "prompts", "prompt_fade", "prompt_prefix", "prompt_suffix"),
    *("camera", "frame", "source", "follow", "look", "init"),
)
FILM_KEYS = (
    *(
        "title",
        "preset",
        "fps",
        "size",
        "bpm",
        "beats_per_bar",
        "let",
        *SHOT_KEYS,
        "music",
        "signals",
        "film",
        "shots",
        "silence",
    ),
)
SECTION_OF = {
    key: section
    for section in ("init", "camera", "frame", "follow", "look", "film")
    for key in preset.SECTIONS[section]
}
LENGTH_PATHS = (("frames",), ("duration",))
MAX_SEED = 2**63 - 1
MAX_SHOTS = 1000
MAX_LABELS = 200
MAX_MOMENTS = 500_000  # of all labels in all shots


def read_shots(settings: FilmSettings, film_name: str) -> list[Score]:
    """Plan every shot of a film; without a list of them, the film is one.

    Raises: KeyframeError with all complaints about them.
    """
    if "shots" not in settings.own:
        labels = _label_names(settings, [])
        whole = _shot({}, settings.place, settings, _Place(film_name, 0, "", start=0, is_last=True), labels)
        _notice_unused(settings, labels)
        return [_with_cues(whole)]
    node = settings.own["shots"]
    if not isinstance(node, Sequence) or not node.items:
        refuse(node.mark, f"shots must be a list ({fields.describe(node)})", "begin each shot with '- name: ...'")
    if len(node.items) > MAX_SHOTS:
        refuse(node.mark, f"more than {MAX_SHOTS} shots", "split the film")
    complaints = Complaints()
    shots: list[Score] = []
    owns = [
        fields.as_mapping(item, "shot", ("name", *SHOT_KEYS), complaints, elsewhere=SECTION_OF) for item in node.items
    ]
    labels = _label_names(settings, owns)
    n_moments = 0
    names: dict[str, Mark] = {}
    start = 0
    for index, (item, own) in enumerate(zip(node.items, owns, strict=True)):
        name = f"shot-{index + 1:02d}"
        if "name" in own:
            name = complaints.attempt(fields.name, own["name"], "shot name") or name
        mark = own["name"].mark if "name" in own else item.mark
        if name in names:
            complaints.add(mark, f"a second shot is called '{name}' (first at line {names[name].line})", "rename one")
        names[name] = mark
        of_shot = Complaints()
        score = of_shot.attempt(
            _shot, own, item, settings, _Place(name, index, name, start=start, is_last=index == len(owns) - 1), labels
        )
        if score:
            shots.append(score)
            start += len(score.shot.plans)
            n_moments += len(score.shot.labels)
        known = {_subject(complaint) for complaint in complaints.found}  # what all shots share is reported once
        complaints.found += [complaint for complaint in of_shot.found if _subject(complaint) not in known]
        if n_moments > MAX_MOMENTS:
            refuse(node.mark, f"the labels come more than {MAX_MOMENTS} times", "let some come less often")
    if start > MAX_FRAMES:
        complaints.add(node.mark, f"the film has {start} frames", f"stay within {MAX_FRAMES}")
    complaints.settle()
    _notice_unused(settings, labels)
    return [_with_cues(score) for score in shots]


def _with_cues(score: Score) -> Score:
    """Return a shot together with the labels of cues that something in the film rests on, for the eye."""
    song, shot = score.scope.clock.tempo.song, score.shot
    found = song.cues.shown(score.scope.clock.start, len(shot.plans)) if song is not None else []
    if not found:
        return score
    labels = sorted(
        [*shot.labels, *(Label(name, frame) for frame, name in found)], key=lambda one: (one.frame, one.name)
    )
    return replace(score, shot=replace(shot, labels=tuple(labels)))


def _label_names(settings: FilmSettings, owns: list[dict[str, Node]]) -> dict[str, Scalar]:
    """Return every label of the film by name, where it is first written."""
    found: dict[str, Scalar] = {}
    for node in [layer["labels"] for layer in (settings.own, *owns) if "labels" in layer]:
        for key, _ in node.items if isinstance(node, Mapping) else ():
            found.setdefault(key.text, key)  # type: ignore[arg-type]
    if settings.tempo.song is not None:
        complaints = Complaints()
        taken = {name: f"a label of the film, at line {key.mark.line}" for name, key in found.items()}
        refuse_names(settings.tempo.song.cues.files, taken, complaints)
        complaints.settle()
    if len(found) > MAX_LABELS:
        refuse(list(found.values())[MAX_LABELS].mark, f"more than {MAX_LABELS} labels", "leave some out")
    return found


def _notice_unused(settings: FilmSettings, labels: dict[str, Scalar]) -> None:
    for code, what, names in (
        ("unused-name", "the value", {name: key for name, (key, _) in settings.lets.items()}),
        ("unused-label", "the label", labels),
    ):
        for name, key in names.items():
            if name not in settings.used:
                settings.notices.add(code, key.mark, f"{what} '{name}' is not used", "remove it, or check its name")


def _subject(complaint: Complaint) -> tuple[Mark, str]:
    return complaint.mark, complaint.what.split(" at frame ")[0].split(" of frame ")[0]


@dataclass(frozen=True, slots=True)
class _Place(Start):
    """Which shot of a film it is: its name and number, and its name in messages of a film of several."""

    name: str
    index: int
    shown: str


def _shot(
    own: dict[str, Node], place: Node, settings: FilmSettings, at: _Place, label_names: dict[str, Scalar]
) -> Score:
    complaints = Complaints()
    seed = settings.seed + at.index
    if "seed" in own:
        seed = complaints.attempt(fields.whole, own["seed"], "seed", low=0, high=MAX_SEED) or 0
    seed += settings.take
    if seed > MAX_SEED:
        complaints.add(
            place.mark, f"the seed of shot {at.index + 1} is too large", "choose a smaller seed for the film"
        )
    known = len(complaints.found)
    footage = complaints.attempt(followed_clip, own, settings)
    is_read = len(complaints.found) == known
    frames = complaints.attempt(length_of, own, settings, seed, at, footage) if is_read else None
    clock = Clock(settings.tempo, frames or 1, seed, at.start, at.shown)
    prompts = own.get("prompts", settings.fields.get("prompts"))
    if prompts is None:
        complaints.add(place.mark, "there are no prompts", "add 'prompts: a text'")
    fade = complaints.attempt(read_fade, settings.layers(own, "prompt_fade")[-1])
    sections: dict[str, Node] = {}
    looks = settings.looks.laid_in(settings.layers(own, "look"), complaints)
    for what in ("camera", "frame", "follow", "look", "init"):
        layers = looks if what == "look" else settings.layers(own, what)
        found = overlaid(what, preset.SECTIONS[what], layers, complaints)
        sections |= {f"{what}.{key}": node for key, node in found.items()}
    clip_weights = overlaid_weights(looks, settings.clips, complaints)
    labels = complaints.attempt(_labels, own, settings, clock, label_names)
    score = None
    if prompts is not None and frames is not None and labels is not None:
        wanted = ShotSettings(
            name=at.name,
            size=settings.size,
            scope=settings.scope(clock, labels=labels, parameters=_parameters(sections), words=(*WORDS, *PATHS)),
            prompts=prompts,
            fade=fade or SUDDEN,  # some fade, so that the rest can be checked
            prefix=own.get("prompt_prefix", settings.own.get("prompt_prefix")),
            suffix=own.get("prompt_suffix", settings.own.get("prompt_suffix")),
            words={name: node for name, node in sections.items() if name not in PARAMETERS},
            init_said=_keys_said(settings.layers(own, "init")[1:]),
            frame_said=_keys_said(settings.layers(own, "frame")[1:]),
            look_said=_keys_said(settings.layers(own, "look")[1:]),
            footage=footage,
            footage_from=0 if "source" in own else at.start,
            footage_taken_back=footage is None and ("source" in own or "source" in settings.own),
            pictures=settings.pictures,
            depth_models=settings.depth_models,
            clips=settings.clips,
            clip_weights=clip_weights,
            places=_places(own, settings, at, footage),
        )
        score = complaints.attempt(plan, wanted)
    complaints.settle()
    assert score is not None
    return score


def _keys_said(layers: list[Node]) -> frozenset[str]:
    return frozenset(key.text for layer in layers if isinstance(layer, Mapping) for key, _ in layer.items)


def _places(own: dict[str, Node], settings: FilmSettings, at: _Place, footage: Cut | None) -> dict[str, Mark]:
    """Return where a shot's seed and its length are written: in the innermost layer that speaks of them."""
    found = {}
    for what, keys in (("seed", ("seed",)), ("frames", ("frames", "duration"))):
        layers = (own, settings.own, settings.defaults)
        found[what] = next(layer[key].mark for layer in layers for key in keys if key in layer)
    if footage is not None and ends_with_clip(own, settings, at, footage):
        found["frames"] = footage.mark
    elif ends_with_music(own, settings, at):
        found["frames"] = settings.own["music"].mark
    return found


def _parameters(sections: dict[str, Node]) -> dict[str, Source]:
    steps = {*(f"look.{name}" for name in LOOK_OVER_STEPS), *(f"init.{name}" for name in INIT_OVER_STEPS)}
    return {
        name: Source(node, PARAMETERS[name].measures, name in steps)
        for name, node in sections.items()
        if name in PARAMETERS
    }


def _labels(
    own: dict[str, Node], settings: FilmSettings, clock: Clock, names: dict[str, Scalar]
) -> dict[str, tuple[int, ...]]:
    """Return the frames of every label of the film in this shot."""
    items: dict[str, tuple[Scalar, Node]] = {}
    complaints = Complaints()
    for layer in (settings.own, own):
        node = layer.get("labels")
        if isinstance(node, Mapping):
            items |= {key.text: (key, value) for key, value in node.items}
        elif node is not None:
            what = f"labels must hold names and times ({fields.describe(node)})"
            complaints.add(node.mark, what, "write labels: {drop: 8s}")
    for name, (key, _) in items.items():
        if name in settings.lets:
            complaints.add(key.mark, f"'{name}' is also a value under let", "rename one of them")
    complaints.settle()
    found = read_labels(items, clock.frames, lambda known: settings.scope(clock, labels=known))
    return dict.fromkeys(names, ()) | found
