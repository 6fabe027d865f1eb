from __future__ import annotations

import pytest

from pipeline.schedule.progress import executed_timesteps, kept_timesteps, n_skipped, progress, schedule_index


def test_kept_timesteps_are_pinned() -> None:
    assert kept_timesteps(1) == (999,)
    assert kept_timesteps(2) == (0, 999)
    assert kept_timesteps(3) == (0, 500, 999)  # 499.5 goes up
    assert kept_timesteps(5) == (0, 250, 500, 749, 999)
    assert kept_timesteps(1000) == tuple(range(1000))


@pytest.mark.parametrize("steps", [2, 7, 30, 250, 999])
def test_kept_timesteps_ascend_from_end_to_end(steps: int) -> None:
    kept = kept_timesteps(steps)
    assert len(set(kept)) == steps
    assert (kept[0], kept[-1]) == (0, 999)
    assert list(kept) == sorted(kept)


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_other_counts_are_refused(steps: int) -> None:
    with pytest.raises(ValueError, match="steps must be between 1 and 1000"):
        kept_timesteps(steps)


@pytest.mark.parametrize(
    ("steps", "skip", "skipped"),
    [(30, 0.6, 18), (50, 0.58, 29), (30, 0, 0), (10, 0.99, 9), (10, 0.999, 9), (1, 0.9, 0)],
)
def test_skipped_steps_are_pinned(steps: int, skip: float, skipped: int) -> None:
    assert n_skipped(steps, skip) == skipped
    assert len(executed_timesteps(steps, skip)) == steps - skipped


def test_the_noisiest_steps_are_skipped() -> None:
    assert executed_timesteps(5, 0) == (999, 749, 500, 250, 0)
    assert executed_timesteps(5, 0.4) == (500, 250, 0)


def test_progress_goes_from_0_to_1() -> None:
    assert [progress(timestep) for timestep in (999, 0)] == [0.0, 1.0]
    assert [schedule_index(timestep) for timestep in (999, 599, 0)] == [0, 400, 999]
