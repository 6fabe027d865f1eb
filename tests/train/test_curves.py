"""A training's log becomes its curve on the card."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.train.curves import POINTS, draw_curves, read_log


def write(path: Path, lines: list[dict]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_log_keeps_its_first_and_last_point_and_not_what_was_done_over(tmp_path: Path) -> None:
    steps = [*range(50, 10_001, 50)]
    lines = [{"step": step, "loss": 1 / step, "seconds": 36.0 * step} for step in steps]
    lines[100:100] = [{"step": 5050, "loss": 9.0, "seconds": 1.0}]  # lost when the training was stopped
    found = read_log(write(tmp_path / "any.jsonl", lines))
    assert (found["step"], found["loss"]) == (10_000, 1e-4)
    points = found["curve"]["loss"]
    assert len(points) == POINTS
    assert points[0] == [0.5, 0.02] and points[-1] == [100.0, 1e-4]
    assert [loss for _, loss in points] == sorted((loss for _, loss in points), reverse=True)


def test_a_short_log_is_kept_whole_with_each_of_its_losses(tmp_path: Path) -> None:
    lines = [{"step": 50, "subject": 3.0, "style": 2.0, "seconds": 3600.0}]
    found = read_log(write(tmp_path / "any.jsonl", lines))
    assert found["curve"] == {"subject": [[1.0, 3.0]], "style": [[1.0, 2.0]]}
    lines = [{"step": step, "loss": 1.0, "seconds": 3600.0 * step} for step in range(1, 30)]
    found = read_log(write(tmp_path / "any.jsonl", lines))
    assert [hours for hours, _ in found["curve"]["loss"]] == [*range(1, 30)]  # to its end


def test_each_training_that_is_known_has_a_panel() -> None:
    curve = {"loss": [[0.0, 1.0], [1.0, 0.5]]}
    figure = draw_curves({"one": {"curve": curve}, "none": {"step": 3}, "two": {"curve": curve | {"other": [[0, 1]]}}})
    assert figure is not None
    assert [axes.get_title() for axes in figure.axes] == ["one", "two"]
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["loss", "other"]
    assert draw_curves({"none": {}}) is None
