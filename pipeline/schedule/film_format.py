"""Read `film:`, how frames become a film, and find what cannot be made before a frame is drawn.

The same faults are looked for in a keyframe file and in the options of `pipeline assemble`, which know no places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ..types import Film, FilmFormat, Music, Size, SpatialMove
from ..types.codec import AUDIO, CODECS, FACTORS, LANCZOS, QUALITIES, STEREO, names_model, unlike_a_name
from .fields import number, scalar, whole, word
from .film_settings import overlaid
from .preset import FILM_KEYS
from .source import Complaints, Node, Scalar, refuse, shorten

AUTO = "auto"
LEAST_APART, MOST_APART = 0.01, 1000  # 200ths of a scene unit
FARTHEST = 1_000_000  # scene units
_LOUDEST_OPUS = 256  # kbit/s of one channel, and a song may have only one


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be made: the key under `film:` that asks for it, what is wrong with that, and what to do."""

    key: str
    what: str
    do: str


def read_format(node: Node, default: Node, beside: Path) -> FilmFormat:
    """Read `film:` laid over the preset's; paths are looked up from the folder `beside`.

    Raises: KeyframeError with everything that is wrong with it alone.
    """
    complaints = Complaints()
    found = overlaid("film", FILM_KEYS, [default, node], complaints)

    def words(key: str, known: tuple[str, ...]) -> str:
        return complaints.attempt(word, found[key], f"film.{key}", known) or ""

    codec = words("codec", tuple(CODECS))
    crf = complaints.attempt(_crf, found["crf"], codec) if codec else None
    enlarge = complaints.attempt(whole, found["enlarge"], "film.enlarge", low=1, high=16)
    quality, audio = words("quality", QUALITIES), words("audio", AUDIO)
    bitrate = complaints.attempt(whole, found["audio_bitrate"], "film.audio_bitrate", low=32, high=512)
    interpolate, upscale = words("interpolate", tuple(FACTORS)), words("upscale", tuple(FACTORS))
    upscaler = complaints.attempt(_upscaler, found["upscaler"], beside)
    stereo = words("stereo", STEREO)
    apart = complaints.attempt(number, found["eye_distance"], "film.eye_distance", low=LEAST_APART, high=MOST_APART)
    convergence = complaints.attempt(number, found["convergence"], "film.convergence", low=0, high=FARTHEST)
    complaints.settle()
    assert enlarge and bitrate and upscaler and apart and convergence is not None
    size = (FACTORS[interpolate], FACTORS[upscale], upscaler)
    return FilmFormat(crf, enlarge, audio, bitrate, codec, quality, *size, stereo, apart, convergence)


def settled(found: FilmFormat, **changes: object) -> FilmFormat:
    """Return a film's format with what is not None changed.

    Convention: a rate factor means another thing to each codec, so another codec begins from its quality again, and
        from the sound that it packs itself.
    """
    given = {key: value for key, value in changes.items() if value is not None}
    is_other = given.get("codec", found.codec) != found.codec
    if is_other or "quality" in given:
        given = {"crf": None, **given}
    if is_other and found.audio in ("aac", "opus"):
        given = {"audio": "auto", **given}
    return replace(found, **given)  # type: ignore[arg-type]


def refuse_format(film: Film, node: Node, default: Node) -> None:
    """Complain about everything that a film's format asks for and nothing can make.

    Convention: marks are those of the keys under `node` or, where it has none, of the preset's.
    Raises: KeyframeError.
    """
    complaints = Complaints()
    written = overlaid("film", FILM_KEYS, [default, node], Complaints())
    own = overlaid("film", FILM_KEYS, [node], Complaints())
    format = film.format if "upscaler" in own else resting(film.format)
    for fault in faults(format, size=film.size, fps=film.fps, music=film.music):
        complaints.add(written[fault.key].mark, fault.what, fault.do)
    flat = [shot.name for shot in film.shots if not any(isinstance(plan.camera, SpatialMove) for plan in shot.plans)]
    if film.format.stereo != STEREO[0] and flat:
        what = f"no camera moves in space in {', '.join(flat[:5])}, so nobody knows how far things are there"
        complaints.add(written["stereo"].mark, what, "write camera: {mode: 3d} in every shot, or stereo: off")
    complaints.settle()


def resting(format: FilmFormat) -> FilmFormat:
    """Return a format without the network that nobody asked for and that has nothing to do: a preset's rests."""
    return replace(format, upscaler=LANCZOS) if format.upscale == 1 else format


def joined_size(size: Size, stereo: str) -> Size:
    """Return how large pictures are in which both eyes' are joined."""
    if stereo == "top-bottom":
        return Size(2 * size.height, size.width)
    return size if stereo == STEREO[0] else Size(size.height, 2 * size.width)


def faults(format: FilmFormat, *, size: Size, fps: float, music: Music | None) -> Iterator[Fault]:
    """Yield what of a film's format cannot be made here, of frames of this size and rate, with this music."""
    codec = CODECS[format.codec]
    if format.codec != "h264" and codec.encoder not in encoders():  # x264 comes with every ffmpeg that is installed
        do = "choose another codec, or let IMAGEIO_FFMPEG_EXE name an ffmpeg that has it"
        yield Fault("codec", f"this ffmpeg cannot write {format.codec} (it has no {codec.encoder})", do)
    if format.crf is not None and not 0 <= format.crf <= codec.max_crf:
        do = f"choose 0 to {codec.max_crf}, or auto" if codec.crf else "write crf: auto, and say quality"
        yield Fault("crf", f"{format.codec} has no rate factor {format.crf}", do)
    times = format.enlarge * format.upscale
    joined = joined_size(size, format.stereo)
    side = max(joined.height, joined.width) * times
    if side > codec.max_side:
        do = f"make it at most {codec.max_side // max(joined.height, joined.width)} times as large, all in all"
        key = "upscale" if format.upscale > 1 else "enlarge"
        yield Fault(key, f"the film would have a side of {side} pixels, {format.codec} takes {codec.max_side}", do)
    if fps * format.interpolate > codec.max_fps:
        what = f"{format.codec} shows at most {codec.max_fps:g} frames a second (this would be "
        what += f"{fps * format.interpolate:g})"
        yield Fault("interpolate" if format.interpolate > 1 else "codec", what, "choose another codec or a lower rate")
    yield from _faults_of_upscaler(format)
    if music is not None:
        yield from _faults_of_sound(format, music)


def _faults_of_upscaler(format: FilmFormat) -> Iterator[Fault]:
    if format.upscaler == LANCZOS:
        return
    import importlib.util

    if format.upscale == 1:
        yield Fault("upscaler", "the upscaler has nothing to do", "write upscale: 2x or 4x, or leave it out")
    if names_model(format.upscaler):
        return  # what models there are is not known here
    if not Path(format.upscaler).is_file():
        do = f"check the path, or write upscaler: {LANCZOS}"
        yield Fault("upscaler", f"there is no file '{shorten(format.upscaler)}'", do)
    if importlib.util.find_spec("spandrel") is None:
        do = f"install it (pip install 'clip-guided-animation[upscale]'), or write upscaler: {LANCZOS}"
        yield Fault("upscaler", "networks that enlarge need the package spandrel, which is not installed", do)


def _faults_of_sound(format: FilmFormat, music: Music) -> Iterator[Fault]:
    codec, audio = CODECS[format.codec], format.settled_audio
    if audio == "none":
        return
    packed = music.codec if audio == "copy" else audio
    if packed not in codec.audio:
        holds = f"only {', '.join(codec.audio)}" if codec.audio else "no sound at all"
        do = "write audio: auto" if codec.audio else "write audio: auto or none"
        yield Fault("audio", f"a film in {format.codec} cannot hold {packed} ({holds})", do)
    if audio == "opus" and format.audio_bitrate > _LOUDEST_OPUS:
        what = f"opus takes at most {_LOUDEST_OPUS} kbit/s (found {format.audio_bitrate})"
        yield Fault("audio_bitrate", what, f"choose 32 to {_LOUDEST_OPUS}")


@cache
def encoders() -> frozenset[str]:
    """Return ffmpeg's names of what it can write; none where it cannot be started."""
    import subprocess

    import imageio_ffmpeg

    try:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-encoders"]
        said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
    except (OSError, RuntimeError):
        return frozenset()
    rows = [line.split() for line in said.decode("utf-8", "replace").splitlines()]
    return frozenset(row[1] for row in rows if len(row) > 1 and row[0][:1] in ("V", "A"))


def _crf(node: Node, codec: str) -> int | None:
    if isinstance(node, Scalar) and node.text == AUTO:
        return None
    if not CODECS[codec].crf:
        refuse(node.mark, f"{codec} has no rate factor", "write crf: auto, and say quality")
    return whole(node, "film.crf", low=0, high=CODECS[codec].max_crf)


def _upscaler(node: Node, beside: Path) -> str:
    text = scalar(node, "film.upscaler").text
    if text == LANCZOS or names_model(text):
        return text
    if not text.strip() or "\0" in text:
        do = f"write {LANCZOS}, a model's name, or the path of a network's weights"
        refuse(node.mark, "film.upscaler names nothing", do)
    return unlike_a_name(str(beside / text))
