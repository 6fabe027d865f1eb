"""The course of each training: thinned from its log, and drawn for the model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

POINTS = 80  # that a curve keeps
NOT_LOSSES = {"step", "seconds", "curve"}
WIDTH, HEIGHT = 3.4, 2.6  # of a panel, in inches


def read_log(path: Path) -> dict[str, Any]:
    """Return the last line of a training's log, and under `curve` its losses by name against the hours trained.

    A training in several parts may have logged a step twice, where it was stopped between two saves: the later counts.
    """
    lines: dict[int, dict[str, float]] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        lines = {step: each for step, each in lines.items() if step < line["step"]} | {line["step"]: line}
    kept = list(lines.values())
    count = min(POINTS, len(kept))
    thinned = [kept[round(i * (len(kept) - 1) / max(1, count - 1))] for i in range(count)]
    curve = {
        name: [[round(line["seconds"] / 3600, 3), line[name]] for line in thinned]
        for name in kept[-1]
        if name not in NOT_LOSSES
    }
    return {**kept[-1], "curve": curve}


def draw_curves(training: Mapping[str, Mapping[str, Any]]) -> Figure | None:
    """Draw one panel for each model whose training is known; None where none is."""
    known = {name: log["curve"] for name, log in training.items() if log.get("curve")}
    if not known:
        return None
    figure = Figure(figsize=(WIDTH * len(known), HEIGHT), layout="tight")
    for axes, (name, curves) in zip(figure.subplots(1, len(known), squeeze=False)[0], known.items(), strict=True):
        for label, points in curves.items():
            axes.plot(*zip(*points, strict=True), label=label, linewidth=1.2)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("hours")
        axes.set_yscale("log")
        axes.grid(alpha=0.3)
        if len(curves) > 1:
            axes.legend(fontsize=7)
    return figure
