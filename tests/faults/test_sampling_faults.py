"""Let every step of every frame fail while it is drawn: the frame is named, never stored, and drawn well afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.errors import SampleError
from pipeline.render import render
from pipeline.store import FrameStore, read_film_record
from pipeline.types import Engine, Film
from tests.faults.renders import digests

N_STEPS = (4, 2, 2, 2, 2, 2)  # of the tiny film's frames


class Spoilt:
    """A denoiser or a perceptor that fails in the call numbered `at`, counted from 0."""

    def __init__(self, inner: Any, fail: Callable[[Any], Any], at: int) -> None:
        self.inner, self.fail, self.left = inner, fail, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __call__(self, *args: Any) -> Any:
        found = self.inner(*args)
        self.left -= 1
        return self.fail(found) if self.left == -1 else found


def not_finite(found: Any) -> Any:
    """Spoil one value of a batch of embeddings, or all of a prediction."""
    if isinstance(found, torch.Tensor):
        spoilt = found.clone()
        spoilt.view(-1)[0] = float("nan")
        return spoilt
    return replace(found, x0=found.x0 * float("inf"))


def no_memory_of_a_card(_: Any) -> Any:
    raise torch.OutOfMemoryError("CUDA out of memory")


def no_memory_at_all(_: Any) -> Any:
    return torch.empty(2**46)  # the allocator's own fault


def no_memory_of_python(_: Any) -> Any:
    raise MemoryError


@pytest.fixture
def spoil(tiny_engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable, int], None]:
    """Return a function that puts a spoilt part into the easel."""
    whole = tiny_engine.easel

    def put(part: str, fail: Callable[[Any], Any], at: int) -> None:
        if part == "nothing":
            tiny_engine.easel = whole
        elif part == "denoiser":
            tiny_engine.easel = replace(whole, denoiser=Spoilt(whole.denoiser, fail, at))
        else:
            tiny_engine.easel = replace(whole, perceptors=(Spoilt(whole.perceptors[0], fail, at),))

    return put


def strike(film: Film, out: Path, frame: int, said: str) -> None:
    """Render up to a frame that fails, and see that it was named and not stored."""
    with pytest.raises(SampleError, match=said):
        render(film, out, frames=range(frame + 1))
    stored = sorted(path.name for path in (out / "frames" / "tiny").glob("*.png")) if (out / "frames").exists() else []
    assert stored == [f"{number:05d}.png" for number in range(frame)]
    assert not list(out.rglob("*.tmp"))


@pytest.mark.goal("R10")
@pytest.mark.parametrize("part", ["denoiser", "guidance"])
def test_what_is_not_finite_is_never_stored(
    tiny_film: Film, tmp_path: Path, spoil: Callable, n_trials: Callable, tried: Callable, part: str
) -> None:
    out, count = tmp_path / "out", 0
    for frame in range(n_trials(3, 6, 6)):
        for step in range(N_STEPS[frame]):
            spoil(part, not_finite, step)
            strike(tiny_film, out, frame, rf"^frame {frame:04d} step {step}: the guidance gradient is not finite .*; ")
            count += 1
        spoil("nothing", not_finite, 0)
        render(tiny_film, out, frames=range(frame + 1))
    render(tiny_film, out)
    render(tiny_film, tmp_path / "undisturbed")
    assert digests(out) == digests(tmp_path / "undisturbed")
    tried(count)


@pytest.mark.goal("R11")
@pytest.mark.parametrize("fail", [no_memory_of_a_card, no_memory_at_all, no_memory_of_python])
def test_memory_that_runs_out_is_said_and_nothing_changes(
    tiny_film: Film, tmp_path: Path, spoil: Callable, n_trials: Callable, tried: Callable, fail: Callable
) -> None:
    out, count = tmp_path / "out", 0
    for frame in range(n_trials(1, 6, 6)):
        for part in ("denoiser", "guidance"):
            for step in range(N_STEPS[frame]):
                spoil(part, fail, step)
                strike(tiny_film, out, frame, rf"^frame {frame:04d}: out of memory \(32x32, .*; lower the size, cutn")
                count += 1
        spoil("nothing", fail, 0)
        render(tiny_film, out, frames=range(frame + 1))
    render(tiny_film, out)
    render(tiny_film, tmp_path / "undisturbed")
    assert digests(out) == digests(tmp_path / "undisturbed")
    tried(count)


def in_half(engine: Engine) -> dict[str, str]:
    """Return facts of a tiny engine that says which precision it was asked for."""
    return {"engine": "tiny", "dtype": "float32" if engine.precision == "float32" else "bfloat16"}


@pytest.fixture
def half_film(tiny_film: Film) -> Film:
    """Return the tiny film as it is drawn in half precision."""
    return replace(tiny_film, engine=replace(tiny_film.engine, precision="bfloat16"))


@pytest.mark.goal("R10")
@pytest.mark.parametrize("frame", [0, 2, 5])
def test_half_precision_that_fails_is_tried_once_more_in_single(
    half_film: Film, tmp_path: Path, tiny_engine, monkeypatch: pytest.MonkeyPatch, tried: Callable, frame: int
) -> None:
    """The frame says so, in its record and in its identity, on which the later ones rest; and it stays so."""
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", in_half)
    half, whole, seen = sum(N_STEPS[:frame]), tiny_engine.easel, []

    def set_up(engine: Engine, *, pictures: tuple = ()) -> Any:
        spoilt = Spoilt(whole.denoiser, not_finite, half)
        return whole if engine.precision == "float32" else replace(whole, denoiser=spoilt)

    monkeypatch.setattr("pipeline.sample.easel.set_up", set_up)
    out = tmp_path / "out"
    render(half_film, out, watch=lambda now: seen.append((now.doing, now.number)))
    assert [number for doing, number in seen if doing == "again"] == [frame]
    told = [FrameStore(out).read("tiny", number).facts["dtype"] for number in range(6)]
    assert told == ["float32 after bfloat16" if number == frame else "bfloat16" for number in range(6)]
    assert read_film_record(out).seams == ()
    before = digests(out)
    seen.clear()
    render(half_film, out, watch=lambda now: seen.append((now.doing, now.number)))
    assert {doing for doing, _ in seen} == {"kept", "assembling"}
    assert digests(out) == before
    (out / "frames" / "tiny" / f"{frame:05d}.png").unlink()
    half = 0  # the engine is set up anew, and that frame is the first it draws
    seen.clear()
    render(half_film, out, watch=lambda now: seen.append((now.doing, now.number)))
    assert [number for doing, number in seen if doing in ("again", "stored")] == [frame, frame]
    assert digests(out) == before
    tried(3)


@pytest.mark.goal("R10")
def test_what_single_precision_cannot_draw_either_is_said(
    half_film: Film, tmp_path: Path, tiny_engine, spoil: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", in_half)
    calls = []

    def always(found: Any) -> Any:
        calls.append(found)
        tiny_engine.easel.denoiser.left = 0  # the next call too
        return not_finite(found)

    spoil("denoiser", always, 0)
    strike(half_film, tmp_path / "out", 0, r"^frame 0000 step 0: the guidance gradient is not finite")
    assert len(calls) == 2
