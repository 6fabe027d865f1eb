"""Turn a keyframe file and a preset into a planned film, or into every complaint about them at once.

What a shot may say may also stand at the top of the file, where it holds for every shot that does not say otherwise;
the preset's settings hold where the file says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence as Sequence_
from dataclasses import dataclass
from pathlib import Path

from ..errors import Complaint, KeyframeError
from ..types import Film, FilmFormat, Mark, Shot, Size
from . import fields, preset
from .clock import MAX_FRAMES, Clock, Tempo, refuse_time
from .override import Override, given, put, read_override, without, without_in_list
from .plan import ShotSettings, plan
from .prompt import FADES
from .source import Complaints, Mapping, Node, Sequence, read, refuse

SHOT_KEYS = ("duration", "frames", "seed", "prompts", "prompt_fade", "camera", "look")
FILM_KEYS = ("title", "preset", "fps", "size", "bpm", "beats_per_bar", *SHOT_KEYS, "film", "shots")
SECTION_OF = {key: section for section in ("camera", "look", "film") for key in preset.SECTIONS[section]}
LENGTH_PATHS = (("frames",), ("duration",))
MAX_SEED = 2**63 - 1
MAX_SHOTS = 1000


def load(
    path: str | Path,
    *,
    config: str | Path | None = None,
    overrides: Sequence_[str] = (),
    seed: int | None = None,
    size: Size | str | None = None,
) -> Film:
    """Read a keyframe file with its preset and plan every frame of the film.

    Convention: `config` is a preset's name or path and wins over the file's `preset:`; `overrides` are `KEY=VALUE`
        texts, and win over both; `size` as text is WIDTHxHEIGHT.
    Raises: KeyframeError with everything that is wrong.
    """
    path = Path(path)
    complaints = Complaints()
    tree = complaints.attempt(read, path, str(path))
    wanted = [found for text in overrides if (found := complaints.attempt(read_override, text))]
    if seed is not None:
        wanted.append(given("seed", str(seed), "--seed"))
    if size is not None:
        text = f"{size.width}x{size.height}" if isinstance(size, Size) else size
        wanted.append(given("size", text, "--size"))
    if not isinstance(tree, Mapping):
        if tree is not None:
            what = f"a keyframe file holds names and values ({fields.describe(tree)})"
            complaints.add(tree.mark, what, "begin with 'prompts: ...'; the examples in keyframes/ show more")
        raise KeyframeError(complaints.found)
    film_tree: Node = tree
    for override in wanted:
        if override.path[0].text not in preset.ENGINE_KEYS:
            film_tree = complaints.attempt(_with_override, film_tree, override) or film_tree
    chosen = complaints.attempt(_preset, film_tree, config, path, wanted)
    if chosen is None:  # check the film itself all the same
        chosen = Complaints().attempt(_preset, film_tree, preset.DEFAULT, path, [])
    film = complaints.attempt(_film, film_tree, chosen, path) if chosen else None
    complaints.settle()
    assert film is not None
    return film


def _preset(tree: Node, config: str | Path | None, path: Path, overrides: list[Override]) -> preset.Preset:
    if config is not None:
        found = preset.find(str(config), Mark("--config", 1, 1), Path())
    else:
        node = tree.get("preset") if isinstance(tree, Mapping) else None
        wanted, mark = preset.DEFAULT, tree.mark
        if node is not None:
            wanted, mark = fields.scalar(node, "preset").text, node.mark
        found = preset.find(wanted, mark, path.parent)
    engine_tree = preset.read_tree(found)
    for override in overrides:
        if override.path[0].text in preset.ENGINE_KEYS:
            engine_tree = put(engine_tree, override.path, override.node)
    return preset.check(engine_tree)


def _with_override(tree: Node, override: Override) -> Node:
    """Return the film's tree with an override, which no shot contradicts any more."""
    path = tuple(part.text for part in override.path)
    gone = LENGTH_PATHS if path in LENGTH_PATHS else (path,)
    for other in gone:
        tree = without(tree, other)
        if path[0] in SHOT_KEYS:
            tree = without_in_list(tree, "shots", other)
    return put(tree, override.path, override.node)


@dataclass(frozen=True, slots=True)
class _Settings:
    """The film's settings on which all shots agree."""

    place: Node
    fields: dict[str, Node]
    own: dict[str, Node]
    defaults: dict[str, Node]
    tempo: Tempo
    size: Size
    seed: int


def _film(tree: Node, chosen: preset.Preset, path: Path) -> Film:
    complaints = Complaints()
    own = fields.as_mapping(tree, "the keyframe file", FILM_KEYS, complaints, elsewhere=SECTION_OF)
    known = {**chosen.defaults, **own}
    if "title" in own:
        complaints.attempt(fields.line, own["title"], "title", longest=200)
    tempo = _tempo(known, complaints)
    size = complaints.attempt(fields.size, known["size"], multiple=chosen.size_multiple)
    seed = complaints.attempt(fields.whole, known["seed"], "seed", low=0, high=MAX_SEED)
    made = complaints.attempt(_format, known["film"], chosen.defaults["film"])
    name = fields.slug(path.stem)
    settings = _Settings(tree, known, own, chosen.defaults, tempo, size or Size(1, 1), seed or 0)
    shots = complaints.attempt(_shots, settings, name) or []
    complaints.settle()
    assert size and made
    return Film(name, str(path), tempo.fps, size, tuple(shots), chosen.engine, made)


def _tempo(known: dict[str, Node], complaints: Complaints) -> Tempo:
    """Return the film's tempo; where it is wrong, some tempo, so that the rest can be checked."""
    fps = complaints.attempt(fields.number, known["fps"], "fps", low=0.01, high=240)
    bpm = None
    if "bpm" in known:
        bpm = complaints.attempt(fields.number, known["bpm"], "bpm", low=1, high=1000) or 120.0
    per_bar = complaints.attempt(fields.number, known["beats_per_bar"], "beats_per_bar", low=1, high=64)
    return Tempo(fps or 12.0, bpm, per_bar or 4.0)


def _format(node: Node, default: Node) -> FilmFormat:
    complaints = Complaints()
    found = _overlaid("film", ("crf", "enlarge"), [default, node], complaints)
    crf = complaints.attempt(fields.whole, found["crf"], "film.crf", low=0, high=51)
    enlarge = complaints.attempt(fields.whole, found["enlarge"], "film.enlarge", low=1, high=16)
    complaints.settle()
    return FilmFormat(crf=crf or 0, enlarge=enlarge or 1)


def _overlaid(what: str, known: tuple[str, ...], layers: list[Node], complaints: Complaints) -> dict[str, Node]:
    """Return the fields of sections laid over one another, the last on top."""
    found: dict[str, Node] = {}
    for layer in layers:
        found |= fields.as_mapping(layer, what, known, complaints)
    return found


def _shots(settings: _Settings, film_name: str) -> list[Shot]:
    if "shots" not in settings.own:
        return [_shot({}, settings.place, settings, film_name, 0, 0, "")]
    node = settings.own["shots"]
    if not isinstance(node, Sequence) or not node.items:
        refuse(node.mark, f"shots must be a list ({fields.describe(node)})", "begin each shot with '- name: ...'")
    if len(node.items) > MAX_SHOTS:
        refuse(node.mark, f"more than {MAX_SHOTS} shots", "split the film")
    complaints = Complaints()
    shots: list[Shot] = []
    names: dict[str, Mark] = {}
    start = 0
    for index, item in enumerate(node.items):
        own = fields.as_mapping(item, "shot", ("name", *SHOT_KEYS), complaints, elsewhere=SECTION_OF)
        name = f"shot-{index + 1:02d}"
        if "name" in own:
            name = complaints.attempt(fields.name, own["name"], "shot name") or name
        mark = own["name"].mark if "name" in own else item.mark
        if name in names:
            complaints.add(mark, f"a second shot is called '{name}' (first at line {names[name].line})", "rename one")
        names[name] = mark
        of_shot = Complaints()
        shot = of_shot.attempt(_shot, own, item, settings, name, index, start, name)
        if shot:
            shots.append(shot)
            start += len(shot.plans)
        known = {_subject(complaint) for complaint in complaints.found}  # what all shots share is reported once
        complaints.found += [complaint for complaint in of_shot.found if _subject(complaint) not in known]
    if start > MAX_FRAMES:
        complaints.add(node.mark, f"the film has {start} frames", f"stay within {MAX_FRAMES}")
    complaints.settle()
    return shots


def _subject(complaint: Complaint) -> tuple[Mark, str]:
    return complaint.mark, complaint.what.split(" at frame ")[0].split(" of frame ")[0]


def _shot(
    own: dict[str, Node], place: Node, settings: _Settings, name: str, index: int, start: int, shown: str
) -> Shot:
    complaints = Complaints()
    frames = complaints.attempt(_length, own, settings)
    seed = settings.seed + index
    if "seed" in own:
        seed = complaints.attempt(fields.whole, own["seed"], "seed", low=0, high=MAX_SEED) or 0
    elif seed > MAX_SEED:
        complaints.add(place.mark, f"the seed of shot {index + 1} is too large", "choose a smaller seed for the film")
    prompts = own.get("prompts", settings.fields.get("prompts"))
    if prompts is None:
        complaints.add(place.mark, "there are no prompts", "add 'prompts: a text'")
    fade_node = own.get("prompt_fade", settings.fields["prompt_fade"])
    fade = complaints.attempt(fields.word, fade_node, "prompt_fade", FADES)
    sections = {}
    for what, known in (("camera", preset.CAMERA_KEYS), ("look", preset.LOOK_KEYS)):
        layers = [layer[what] for layer in (settings.defaults, settings.own, own) if what in layer]
        sections[what] = _overlaid(what, known, layers, complaints)
    shot = None
    if prompts is not None:
        clock = Clock(settings.tempo, frames or 1, seed, start, shown)
        wanted = ShotSettings(name, settings.size, clock, prompts, fade or "hold", sections["camera"], sections["look"])
        shot = complaints.attempt(plan, wanted)
    complaints.settle()
    assert shot is not None
    return shot


def _length(own: dict[str, Node], settings: _Settings) -> int:
    """Return a shot's frames, from the innermost place that says how long it is."""
    for layer in (own, settings.own, settings.defaults):
        if "frames" in layer and "duration" in layer:
            refuse(layer["frames"].mark, "both frames and duration are given", "keep one of them")
        if "frames" in layer:
            return fields.whole(layer["frames"], "frames", low=1, high=MAX_FRAMES)
        if "duration" in layer:
            text = fields.scalar(layer["duration"], "duration")
            found = settings.tempo.frame(text)
            if found is None:
                refuse_time(text)
            if not 1 <= found <= MAX_FRAMES:
                refuse(text.mark, f"the duration is {found} frames", f"choose between 1 and {MAX_FRAMES}")
            return found
    raise AssertionError("presets always give a duration")
