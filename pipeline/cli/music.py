"""The command that listens to a song, and shows, draws, plays or writes what it has heard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from .options import AsJson

if TYPE_CHECKING:
    from ..listen import Cues, Song

MOST_TIMES = 6  # of a label, in one line


def listen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sound, or a video with one: anything ffmpeg reads.")],
    start: Annotated[float, typer.Option(help="Second of the file at which to begin.")] = 0.0,
    length: Annotated[float | None, typer.Option(help="Seconds to listen to [to the end].")] = None,
    meter: Annotated[int | None, typer.Option(help="Beats in a bar [found: 3 or 4].")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="PNG|SVG", help="Draw waveform, sections and signals.")] = None,
    click: Annotated[Path | None, typer.Option(metavar="WAV", help="Write the song with a click on each beat.")] = None,
    cues: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Labels (.txt), lyrics (.lrc, .srt) or notes (.mid) of it; repeat for more."),
    ] = None,
    write_beats: Annotated[
        bool, typer.Option("--write-beats", help="Write FILE's beats beside it, to correct.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find tempo, beats, bars, sections and signals of a song.

    Seconds count from --start. --write-beats makes SONG.beats.yaml beside the song, a line for each bar and a name for
    each section; whatever you correct there is then used in place of what was heard. Downbeats click higher. --cues
    also shows, plots and clicks what files under `cues:` in a keyframe file would say.
    """
    from ..listen import listen as listen_to
    from ..listen import read_cues

    if click is not None and click.suffix.lower() != ".wav":
        raise UsageError(f"--click {click}: sound is written as WAV; choose a name that ends in .wav")
    if cues and (start or length is not None):
        raise UsageError("--cues: are of the whole song; leave --start and --length out")
    said = {path.name: read_cues(path) for path in cues or ()}
    song = listen_to(file, start_s=start, length_s=length, beats_per_bar=meter)
    song = _with_cues(song, said)
    written = _write(song, file, start, length, plot=plot, click=click, write_beats=write_beats)
    if as_json:
        print(json.dumps(_report(song, file) | _labels(said), ensure_ascii=False))
    else:
        print("\n".join([*_told(song, file), *_lines(said), *(f"{path}: written" for path in written)]))


def _with_cues(song: Song, said: dict[str, Cues]) -> Song:
    """Return the song with the beats and signals of its cues."""
    from dataclasses import replace

    signals, tempo = dict(song.signals), song.tempo
    for cues in said.values():
        signals |= cues.signals
        tempo = cues.tempo or tempo
    return replace(song, signals=signals, tempo=tempo)


def _labels(said: dict[str, Cues]) -> dict[str, object]:
    """Return where labels of cues come, for programs; nothing where there are no cues."""
    found = {
        name: [round(one.start_s, 4) for one in moments]
        for cues in said.values()
        for name, moments in cues.labels.items()
    }
    return {"labels": found} if said else {}


def _lines(said: dict[str, Cues]) -> list[str]:
    """Return what cues say as lines of text."""
    lines = []
    for file, cues in said.items():
        for name, moments in cues.labels.items():
            times = " ".join(_clock(one.start_s) for one in moments[:MOST_TIMES])
            more = f" and {len(moments) - MOST_TIMES} more" if len(moments) > MOST_TIMES else ""
            lines.append(f"  label   {name:<12} {times}{more}  ({file})")
        lines += [f"  signal  {name:<12} {says}  ({file})" for name, says in cues.says.items()]
    return lines


def _write(
    song: Song,
    file: Path,
    start: float,
    length: float | None,
    *,
    plot: Path | None,
    click: Path | None,
    write_beats: bool,
) -> list[Path]:
    """Write what is asked for; return where."""
    contents: list[tuple[Path, bytes]] = []
    if plot is not None:
        from ..plot import plot_song

        contents.append((plot, plot_song(song, file.name, kind=plot.suffix)))
    if click is not None:
        from ..listen.click import with_clicks
        from ..listen.decode import decode

        contents.append((click, with_clicks(decode(file, start_s=start, length_s=length), song.tempo)))
    if write_beats:
        contents.append(_beats(song, file, start, length))
    from ..store.commit import commit, make_folder

    for path, data in contents:
        make_folder(path.parent)
        commit(path, data)
    return [path for path, _ in contents]


def _beats(song: Song, file: Path, start: float, length: float | None) -> tuple[Path, bytes]:
    from ..listen.beats_file import beats_path, write_beats

    path = beats_path(file)
    if path.exists():
        raise UsageError(f"{path}: is there already; correct it, or remove it to have the beats found again")
    if start or length is not None:
        raise UsageError("--write-beats: writes the beats of the whole song; leave --start and --length out")
    if not song.tempo.is_known:
        raise UsageError(f"{file}: no beat was found in it, so there is none to write")
    return path, write_beats(song, file.name).encode()


def _report(song: Song, file: Path) -> dict[str, object]:
    return {
        "file": str(file),
        "digest": song.digest,
        "seconds": round(song.duration_s, 3),
        "bpm": round(song.tempo.bpm, 3),
        "beats_per_bar": song.tempo.beats_per_bar,
        "key": song.key,
        "beats": [round(float(beat), 4) for beat in song.tempo.beats],
        "downbeats": [round(float(beat), 4) for beat in song.tempo.downbeats],
        "sections": [
            {"name": one.name, "start": round(one.start_s, 4), "end": round(one.end_s, 4)} for one in song.sections
        ],
        "onsets": [
            {"at": round(float(at), 4), "strength": round(float(strength), 3)}
            for at, strength in zip(song.onsets.times_s, song.onsets.strengths, strict=True)
        ],
        "signals": list(song.signal_names),
    }


def _told(song: Song, file: Path) -> list[str]:
    """Return what was heard as lines of text."""
    import numpy as np

    lines = [f"{file}: {song.about}"]
    for section in song.sections:
        bars = song.tempo.bar_at(np.array([section.start_s, section.end_s])) + 1
        place = (
            f"bar {max(round(float(bars[0])), 1)} to {max(round(float(bars[1])) - 1, 1)}" if song.tempo.is_known else ""
        )
        lines.append(
            f"  section {section.name:<12} {_clock(section.start_s)} to {_clock(section.end_s)}  {place}".rstrip()
        )
    lines.append(f"  onsets  {len(song.onsets.times_s)}")
    lines.append(f"  signals {' '.join(song.signal_names)}")
    return lines


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:05.2f}"
