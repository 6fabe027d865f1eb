"""Turn a keyframe file and a preset into a planned film, or into every complaint about them at once.

What the command line sets lies over what the file says, and that over what the preset says.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapping_
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import KeyframeError
from ..types import Engine, Film, FilmFormat, Mark, Music, Shot, Size
from ..types.codec import CODECS
from . import fields, preset
from .clock import Tempo
from .engine_fit import refuse_unguided
from .film_format import read_format, refuse_format
from .film_settings import FilmSettings, read_lets
from .named_look import NamedLooks, spelled_out
from .notices import CODES, Notices
from .override import Override, given, put, read_override, without, without_in_list
from .pictures.follow import flow_models
from .pictures.footage import Clips, Cut
from .pictures.picture import Pictures
from .plan import Score
from .script import script_of
from .shot import (
    FILM_KEYS,
    LENGTH_PATHS,
    MAX_SEED,
    SECTION_OF,
    SHOT_KEYS,
    read_shots,
)
from .sizing import fitting_size
from .song.clip_sound import sound_of
from .song.music import refuse_copy
from .song.soundtrack import read_soundtrack
from .source import Complaints, Mapping, Node, Sequence, read, refuse
from .space import asks_for_depth


@dataclass(frozen=True, slots=True)
class Reading:
    """A film, and beside it how each of its shots was written.

    Convention: `texts` are those of options, by the labels that marks name;
        `places` says where the film's own settings and the engine's facts are written, by name (`film.crf`);
        `silenced` are the codes of warnings that are not to be told.
    """

    film: Film
    scores: tuple[Score, ...]
    tempo: Tempo
    texts: Mapping_[str, str] = field(default_factory=dict)
    places: dict[str, Mark] = field(default_factory=dict)
    silenced: tuple[str, ...] = ()


def load(
    path: str | Path,
    *,
    config: str | Path | None = None,
    overrides: Sequence_[str] = (),
    seed: int | None = None,
    size: Size | str | None = None,
    take: int = 0,
) -> Film:
    """Read a keyframe file with its preset and plan every frame of the film.

    Convention: `config` is a preset's name or path and wins over the file's `preset:`; `overrides` are `KEY=VALUE`
        texts, and win over both; `size` as text is WIDTHxHEIGHT; `take` is added to the seed of every shot, whoever
        says it.
    Raises: KeyframeError with everything that is wrong.
    """
    return study(path, config=config, overrides=overrides, seed=seed, size=size, take=take).film


def study(
    path: str | Path,
    *,
    config: str | Path | None = None,
    overrides: Sequence_[str] = (),
    seed: int | None = None,
    size: Size | str | None = None,
    take: int = 0,
) -> Reading:
    """Read a keyframe file as `load` does; return the film together with how it was written.

    Raises: KeyframeError with everything that is wrong.
    """
    options = {f"--set{f' ({n})' if n > 1 else ''}": text for n, text in enumerate(overrides, start=1)}
    whole = {"seed": seed, "size": f"{size.width}x{size.height}" if isinstance(size, Size) else size}
    given_whole = {f"--{key}": str(value) for key, value in whole.items() if value is not None}
    texts = options | given_whole | ({} if config is None else {"--config": str(config)})
    try:
        return replace(_study(Path(path), config, options, given_whole, take), texts=texts)
    except KeyframeError as fault:
        raise KeyframeError(fault.complaints, texts) from None


def _study(
    path: Path, config: str | Path | None, options: dict[str, str], given_whole: dict[str, str], take: int
) -> Reading:
    complaints = Complaints()
    tree = complaints.attempt(read, path, str(path))
    found = [complaints.attempt(read_override, text, label) for label, text in options.items()]
    wanted = [override for override in found if override]
    wanted += [given(label.removeprefix("--"), text, label) for label, text in given_whole.items()]
    if not isinstance(tree, Mapping):
        if tree is not None:
            what = f"a keyframe file holds names and values ({fields.describe(tree)})"
            complaints.add(tree.mark, what, "begin with 'prompts: ...'; the examples in keyframes/ show more")
        raise KeyframeError(complaints.found)
    film_tree = spelled_out(tree)
    for override in wanted:
        if override.path[0].text not in preset.ENGINE_KEYS:
            film_tree = complaints.attempt(_with_override, film_tree, override) or film_tree
    chosen = complaints.attempt(_preset, film_tree, config, path, wanted)
    if chosen is None:  # check the film itself all the same
        chosen = Complaints().attempt(_preset, film_tree, preset.DEFAULT, path, [])
        chosen = chosen and replace(chosen, engine=replace(chosen.engine, clip_models=()))  # its CLIPs are others
    reading = complaints.attempt(_reading, film_tree, chosen, path, take) if chosen else None
    complaints.settle()
    assert reading is not None and chosen is not None
    settings = (*options.values(), *(f"{label.removeprefix('--')}={text}" for label, text in given_whole.items()))
    return replace(reading, film=replace(reading.film, script=script_of(path, chosen, settings)))


def _preset(tree: Node, config: str | Path | None, path: Path, overrides: list[Override]) -> preset.Preset:
    if config is not None:
        wanted = str(config)
        found = preset.find(wanted, Mark("--config", 1, 1), Path())
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
    return replace(preset.check(engine_tree), name=wanted, file=found)


def _with_override(tree: Node, override: Override) -> Node:
    """Return the film's tree with an override, which no shot contradicts any more."""
    path = tuple(part.text for part in override.path)
    gone = LENGTH_PATHS if path in LENGTH_PATHS else (path,)
    for other in gone:
        tree = without(tree, other)
        if path[0] in SHOT_KEYS:
            tree = without_in_list(tree, "shots", other)
    return spelled_out(put(tree, override.path, override.node))


def _reading(tree: Node, chosen: preset.Preset, path: Path, take: int) -> Reading:
    complaints, notices = Complaints(), Notices()
    own = fields.as_mapping(tree, "the keyframe file", FILM_KEYS, complaints, elsewhere=SECTION_OF)
    known = {**chosen.defaults, **own}
    title = complaints.attempt(fields.line, own["title"], "title", longest=200) if "title" in own else None
    silenced = (complaints.attempt(_silenced, own["silence"]) if "silence" in own else ()) or ()
    tempo = _tempo(known, complaints)
    size = complaints.attempt(fitting_size, known["size"], multiple=chosen.size_multiple, notices=notices)
    seed = complaints.attempt(fields.whole, known["seed"], "seed", low=0, high=MAX_SEED)
    made = complaints.attempt(read_format, known["film"], chosen.defaults["film"], path.parent)
    lets = read_lets(own["let"], complaints) if "let" in own else {}
    clips = Clips(path.parent)
    footage, tempo = _footage(own, tempo, clips, complaints)
    music, tempo = read_soundtrack(own, tempo, lets, path.parent, complaints)
    settings = FilmSettings(
        place=tree,
        fields=known,
        own=own,
        defaults=chosen.defaults,
        tempo=tempo,
        size=size or Size(1, 1),
        seed=seed or 0,
        lets=lets,
        notices=notices,
        pictures=Pictures(path.parent),
        clips=chosen.engine.clip_models,
        music=music,
        clips_read=clips,
        footage=footage,
        looks=NamedLooks(path.parent),
        take=take,
    )
    scores = complaints.attempt(read_shots, settings, fields.slug(path.stem)) or []
    shots = tuple(score.shot for score in scores)
    if music is None and footage is not None and shots:
        music = sound_of(footage, shots, tempo.fps, notices)
    if music and made:
        complaints.attempt(_refuse_copy, music, made, shots, tempo, own.get("music", own.get("source", tree)).mark)
    complaints.attempt(refuse_unguided, scores, chosen.engine)
    engine = complaints.attempt(_asked, chosen, shots, settings, tree.mark)
    complaints.settle()
    assert size and made and engine
    film = Film(
        fields.slug(path.stem),
        str(path),
        tempo.fps,
        size,
        shots,
        engine,
        made,
        settings.pictures.files,
        notices.heard(silenced),
        title or "",
        music,
        clips=clips.files,
    )
    complaints.attempt(refuse_format, film, known["film"], chosen.defaults["film"])
    complaints.settle()
    places = chosen.places | _places(known, chosen, settings)
    return Reading(film, tuple(scores), tempo, places=places, silenced=silenced)


def _footage(own: dict[str, Node], tempo: Tempo, clips: Clips, complaints: Complaints) -> tuple[Cut | None, Tempo]:
    """Return the clip that the film follows, and the tempo with its rate where the film says none."""
    footage = complaints.attempt(clips.read, own["source"]) if "source" in own else None
    if footage is not None and "fps" not in own:
        tempo = replace(tempo, fps=float(footage.rate))
    return footage, tempo


def _refuse_copy(music: Music, made: FilmFormat, shots: tuple[Shot, ...], tempo: Tempo, mark: Mark) -> None:
    if made.audio == "copy":
        n_frames = sum(len(shot.plans) for shot in shots)
        refuse_copy(music, n_frames, tempo.fps, mark, CODECS[made.codec].audio)


def _asked(chosen: preset.Preset, shots: tuple[Shot, ...], settings: FilmSettings, mark: Mark) -> Engine:
    """Return the engine with those models that its shots ask for, besides the ones that draw."""
    flow = flow_models(shots)
    if len(flow) > 1:
        refuse(mark, f"the shots look for flow by {' and by '.join(flow)}", "let follow.flow be the same in all")
    depth = next(iter(settings.depth_models), chosen.engine.depth_model) if asks_for_depth(shots) else ""
    return replace(chosen.engine, depth_model=depth, flow_model="".join(flow))


def _places(known: dict[str, Node], chosen: preset.Preset, settings: FilmSettings) -> dict[str, Mark]:
    named = ("title", "fps", "size", "bpm", "beats_per_bar", "music", "source")
    found: dict[str, Mark] = {key: known[key].mark for key in named if key in known}
    if settings.depth_models:
        found["models.depth"] = next(iter(settings.depth_models.values()))
    for part, layer in (("film", chosen.defaults["film"]), ("film", known["film"]), ("music", known.get("music"))):
        found |= {f"{part}.{key.text}": node.mark for key, node in layer.items} if isinstance(layer, Mapping) else {}
    return found


def _silenced(node: Node) -> tuple[str, ...]:
    complaints = Complaints()
    items = node.items if isinstance(node, Sequence) else (node,)
    found = [complaints.attempt(fields.word, item, "warning", CODES) for item in items]
    complaints.settle()
    return tuple(code for code in found if code)


def _tempo(known: dict[str, Node], complaints: Complaints) -> Tempo:
    """Return the film's tempo; where it is wrong, some tempo, so that the rest can be checked."""
    fps = complaints.attempt(fields.number, known["fps"], "fps", low=0.01, high=240)
    bpm = None
    if "bpm" in known:
        bpm = complaints.attempt(fields.number, known["bpm"], "bpm", low=1, high=1000) or 120.0
    per_bar = complaints.attempt(fields.number, known["beats_per_bar"], "beats_per_bar", low=1, high=64)
    return Tempo(fps or 12.0, bpm, per_bar or 4.0)
