"""A silent film and a song in, a film with sound out: trimmed, faded, and exactly as long as its picture.

Times become samples, so every cut is exact. The picture is encoded before the song is touched and kept when that
fails, since frames must never wait for a song.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AssembleError
from ..schedule.song.sound_file import GAPLESS, SoundFault, digest_of
from ..store.commit import remove, staged
from ..store.layout import silent_path
from ..types import FilmFormat, Music, Size
from .codecs import container
from .encode import assemble_stream, rational_fps
from .ffmpeg import metadata, run, streams

if TYPE_CHECKING:
    import numpy as np

RATE = 48_000  # samples per second, as usual in films
HALF_PACKET_S = Fraction(12, 1000)  # of mp3 and AAC: a copy ends with the packet that ends nearest to the picture
_LEEWAY_S = Fraction(1, 1_000_000)  # files count time in units of their own


@dataclass(frozen=True, slots=True)
class Sound:
    """The music of a film of `n_frames`, counted as they are shown, heard from the film's frame `first` on."""

    music: Music
    n_frames: int
    first: int = 0


def assemble_film(
    frames: Iterable[np.ndarray],
    final: Path,
    *,
    size: Size,
    fps: float | Fraction,
    format: FilmFormat,
    title: str = "",
    comment: str = "",
    preset: str | None = None,
    sound: Sound | None = None,
    times: int | None = None,
) -> Path:
    """Encode frames to the film `final` as `assemble_stream` does, with sound if there is any; return its path.

    Convention: where the sound fails, the film without it is kept beside `final`, under the name the fault tells.
    Raises: as `assemble_stream`; AssembleError where the sound cannot be added, or does not end with the picture.
    """
    told = {"title": title, "comment": comment}
    if sound is None:
        return assemble_stream(frames, final, size=size, fps=fps, format=format, preset=preset, times=times, **told)
    silent = silent_path(final)
    assemble_stream(frames, silent, size=size, fps=fps, format=format, preset=preset, times=times, **told)
    try:
        _add(sound, silent, final, fps=rational_fps(fps), format=format, told=told)
    except AssembleError as fault:
        raise AssembleError(
            f"{fault}\n{silent}: the film without its sound, whole; put the sound right and assemble again, "
            "which costs no frame"
        ) from fault
    remove(silent)
    return final


def _add(sound: Sound, silent: Path, final: Path, *, fps: Fraction, format: FilmFormat, told: dict[str, str]) -> None:
    _refuse_others(sound.music, final)
    (picture,) = streams(silent, final=final)
    is_copy = format.audio == "copy"
    song = ["-i", f"file:{Path(sound.music.path).absolute()}"]
    if is_copy:
        heard = min(picture.end_s, Fraction(sound.music.length_s))
        how = ["-map", "1:a:0", "-c:a", "copy"]
        song = ["-t", f"{float(max(heard - HALF_PACKET_S, 2 * HALF_PACKET_S)):.6f}", *song]
    else:
        chain = _filters(sound, fps=fps, n_frames=picture.n_packets)
        how = ["-filter_complex", f"[1:a:0]{chain}[a]", "-map", "[a]"]
        encoder = {"aac": "aac", "opus": "libopus"}[format.settled_audio]
        how += ["-c:a", encoder, "-b:a", f"{format.audio_bitrate}k", "-flags:a", "+bitexact"]
    with staged(final) as temp:
        inputs = ["-y", "-protocol_whitelist", "file", "-i", f"file:{silent.absolute()}"]
        inputs += ["-protocol_whitelist", "file", *song, "-map", "0:v:0", "-c:v", "copy"]
        run([*inputs, *how, *metadata(told), *container(format), f"file:{temp.absolute()}"], final=final)
        _prove(temp, final, n_frames=picture.n_packets, frame_s=1 / fps, is_copy=is_copy)


def _refuse_others(music: Music, final: Path) -> None:
    """Make sure that the song is the one that the film was planned with."""
    try:
        digest = digest_of(Path(music.path))
    except SoundFault as fault:
        raise AssembleError(f"{music.path}: {fault.what}; {fault.do}, or say with --music where it is") from fault
    if digest != music.digest:
        raise AssembleError(
            f"{music.path}: another sound than the film was made with (found {digest[:12]}, recorded is "
            f"{music.digest[:12]}); bring that one back, or render again"
        )


def _filters(sound: Sound, *, fps: Fraction, n_frames: int) -> str:
    """Return ffmpeg's filter chain: the part of the song, its volume and fades, laid over the film from its beginning,
    filled with silence, and cut to `n_frames` from the film's frame `sound.first` on."""
    music = sound.music
    begin, sets_in = _samples(music.start_s), _samples(music.offset_s)
    film_ends = _samples(sound.n_frames / fps)
    length = max(0, min(_samples(music.length_s), film_ends - sets_in))
    up, down = (min(_samples(seconds), length) for seconds in (music.fade_in_s, music.fade_out_s))
    from_here = _samples(sound.first / fps)
    to_there = _samples((sound.first + n_frames) / fps)
    chain = [f"{GAPLESS}:out_sample_rate={RATE}", "aformat=sample_fmts=fltp:channel_layouts=mono|stereo"]
    chain += [f"atrim=start_sample={begin}:end_sample={begin + length}", "asetpts=N/SR/TB"]
    chain += [f"volume={music.volume!r}"] if music.volume != 1 else []
    chain += [f"afade=t=in:ss=0:ns={up}"] if up else []
    chain += [f"afade=t=out:ss={length - down}:ns={down}"] if down else []
    chain += [f"adelay=delays={sets_in}S:all=1"] if sets_in else []
    chain += [f"apad=whole_len={to_there}", f"atrim=start_sample={from_here}:end_sample={to_there}", "asetpts=N/SR/TB"]
    return ",".join(chain)


def _samples(seconds: float | Fraction) -> int:
    return round(seconds * RATE)


def _prove(path: Path, final: Path, *, n_frames: int, frame_s: Fraction, is_copy: bool) -> None:
    """Make sure that picture and sound begin and end together, to within a frame."""
    found = streams(path, final=final)
    if len(found) != 2 or found[0].n_packets != n_frames:
        raise AssembleError(f"{final}: ffmpeg did not write {n_frames} frames and a sound; assemble again")
    picture, heard = found
    begins, ends = heard.start_s - picture.start_s, heard.end_s - picture.end_s
    if max(abs(begins), abs(ends)) > frame_s + _LEEWAY_S:
        do = "write audio: auto under film" if is_copy else "assemble again"
        raise AssembleError(
            f"{final}: picture and sound do not agree within a frame (the sound begins {float(begins):+.3f} s and ends "
            f"{float(ends):+.3f} s off); {do}"
        )
