"""`python -m pipeline.bench listen`: how well beats and bars are found in songs whose beats are known, and how fast.

F-measures within 70 ms, as mir_eval has them, after the first five seconds of each song. A long song is then listened
to from a file, in a process of its own, first anew and then from the cache.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from .findings import Bars, Claim, Panel, plain
from .machine import machine
from .songs import RATE_HZ, Made, catalogue, drums, even, join, keys

_PROCESS = """\
import resource, sys, time
start = time.perf_counter()
from pipeline.listen import listen
song = listen(sys.argv[1])
song.signal("kick", song.tempo.beats, 1 / 24)
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--seconds", type=float, default=40.0, help="length of each song")
    parser.add_argument("--long", type=float, default=240.0, help="length of the song that is timed")
    parser.add_argument("--longest", type=float, default=600.0, help="length of the song whose memory is measured")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return the F-measures of each song, seconds and memory for a long one, and memory for the longest."""
    lengths = f"--seconds {options.seconds:g} --long {options.long:g} --longest {options.longest:g}"
    return {
        "command": f"listen {lengths}",
        "machine": machine(),
        "songs": {made.name: score(made) for made in catalogue(options.seconds)},
        "long_s": options.long,
        **_timed(options.long),
        "longest_s": options.longest,
        "longest_megabytes": _timed(options.longest, times=1)["megabytes"],
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = [f"{'':<28}{'beats':>8}{'downbeats':>11}{'bpm':>8}{'in a bar':>10}{'late by':>10}"]
    lines += [
        f"{name:<28}{one['beats']:>8.3f}{one['downbeats']:>11.3f}{one['bpm']:>8.1f}{one['beats_per_bar']:>10}"
        f"{one['late_ms']:>7.0f} ms"
        for name, one in found["songs"].items()
    ]
    first = f"{found['first_s']:.1f} s the first time ({found['first_cpu_s']:.1f} s processor)"
    again = f"{found['again_s']:.2f} s from the cache ({found['again_cpu_s']:.2f} s)"
    lines.append(f"{found['long_s']:g} s of music: {first}, {again}, at most {found['megabytes']:.0f} MB")
    lines.append(f"{found['longest_s']:g} s of music: at most {found['longest_megabytes']:.0f} MB")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    mean = {what: fmean(one[what] for one in found["songs"].values()) for what in ("beats", "downbeats")}
    return [
        *(Claim(f"F-measure of {what}, the mean of {len(found['songs'])} songs", one) for what, one in mean.items()),
        Claim(f"listening to {found['long_s']:g} s of music", found["first_s"], "{:.1f} s"),
        Claim(f"memory for {found['longest_s']:g} s of music", found["longest_megabytes"], "{:.0f} MB"),
    ]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    titles = {"beats": "Beats that are found", "downbeats": "Downbeats"}
    return [
        Bars(title, "F-measure", plain({name: one[what] for name, one in found["songs"].items()}))
        for what, title in titles.items()
    ]


def score(made: Made) -> dict[str, float]:
    """Return how well the beats of a song are found.

    Convention: `late_ms` is the median by which beats are found later than they are.
    """
    from mir_eval.beat import f_measure, trim_beats

    from ..listen.studio import hear

    tempo = hear(made.samples).tempo
    nearest = [float(tempo.beats[np.abs(tempo.beats - beat).argmin()] - beat) for beat in made.beats if tempo.is_known]
    return {
        "beats": float(f_measure(trim_beats(made.beats), trim_beats(tempo.beats))),
        "downbeats": float(f_measure(trim_beats(made.downbeats), trim_beats(tempo.downbeats))),
        "bpm": tempo.bpm,
        "beats_per_bar": tempo.beats_per_bar,
        "late_ms": 1000 * float(np.median(nearest or [0.0])),
    }


def write_wav(path: Path, samples: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    """Write samples, one channel (n,) or more (n, c), as 16-bit WAV; return the path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def _timed(seconds: float, *, times: int = 2) -> dict[str, float]:
    """Return seconds and memory of listening to a song of so many seconds, anew and then from the cache."""
    beats = even(120, seconds / 4, start_s=0.0)
    parts = [keys("verse", beats), drums("chorus", beats), keys("bridge", beats, halves=True)]
    song = join("long", [*parts, drums("end", beats, pattern="floor")])
    with tempfile.TemporaryDirectory() as folder:
        path = write_wav(Path(folder) / "long.wav", song.samples)
        env = {**os.environ, "PIPELINE_SONGS": folder}
        told = [
            subprocess.run([sys.executable, "-c", _PROCESS, path], env=env, check=True, capture_output=True, text=True)
            for _ in range(times)
        ]
    found = [tuple(map(float, one.stdout.split())) for one in told]
    (first, first_cpu, megabytes), (again, again_cpu, _) = found[0], found[-1]
    wall = {"first_s": first, "again_s": again}
    return {**wall, "first_cpu_s": first_cpu, "again_cpu_s": again_cpu, "megabytes": megabytes}
