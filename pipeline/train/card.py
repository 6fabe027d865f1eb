"""Measure the shipped models and write what was found: scores.json, and the model card's tables between its markers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from ..models import find, load_depth
from ..models.upscaler import open_upscaler
from ..sample.easel import set_up
from ..schedule import load
from .curves import draw_curves, read_log
from .depth import score_depth
from .evaluate import Counts, evaluate, lands
from .score import (
    FROM_NEAR,
    JUDGE,
    N_PROMPTS,
    drawn_to_order,
    held_out_pictures,
    known_names,
    orders,
    score_adherence,
    score_clip,
    score_paintings,
)
from .sheet import COLUMNS, CURVES, DRAWN, DRAWN_SIDE, PAINTED, ROWS, lay_out, painted_sheet, write_sheet
from .world.vocabulary import KINDS

EMBEDDED = Path(__file__).parent.parent / "models" / "embedded"
SCORES, CARD = EMBEDDED / "scores.json", EMBEDDED / "MODEL_CARD.md"
DEMO = Path(__file__).parent.parent.parent / "keyframes" / "lighthouse.yaml"
N_PICTURES = 1000
UPSCALER = "painted-upscaler"
DEPTH, DEPTH_SIDE, N_DEPTHS = "painted-depth", 96, 100
BEGIN, END = "<!-- scores: written by `make evaluate-embedded` -->", "<!-- end of scores -->"


def write_card(training: Path) -> dict[str, Any]:
    """Score the shipped models with the preset's look, and put the numbers on the card."""
    film = load(DEMO, overrides=["look={}", f"threads={torch.get_num_threads()}"])  # the preset's own look
    names = (*film.engine.clip_models, JUDGE)
    easel, plan = set_up(film.engine), film.shots[0].plans[0]
    scores: dict[str, Any] = {
        "clip": score_held_out(*names),
        "adherence": score_adherence(easel, plan),
        "painted": score_paintings(plan.size),
        "lands": _rounded(lands(easel, plan, Counts())),
        "drawn": {key: round(value, 3) for key, value in evaluate(easel, plan, Counts()).items()},
        "depth": {view: score_depth_model(DEPTH, near=near) for view, near in (("clean", False), (FROM_NEAR, True))},
        "training": {name: course(training, name) for name in (film.engine.diffusion_model, *names, DEPTH, UPSCALER)},
    }
    asked = orders(COLUMNS * ROWS, known_names(*film.engine.clip_models))
    enlarged = open_upscaler(film.format.upscaler, film.format.upscale)
    shown = [enlarged(drawn_to_order(easel, plan, order)) for order in asked]  # as a film would show them
    write_sheet(DRAWN, lay_out(shown, DRAWN_SIDE))
    write_sheet(PAINTED, painted_sheet())
    if (curves := draw_curves(scores["training"])) is not None:
        curves.savefig(CURVES, metadata={"Software": None})
    SCORES.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    text = CARD.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    CARD.write_text(f"{before}{BEGIN}\n\n{tables(scores)}\n{END}{after}", encoding="utf-8")
    return scores


def score_held_out(*models: str) -> dict[str, dict[str, dict[str, float]]]:
    """Score shipped CLIPs on pictures of what they know that no training has seen, painted once for all who know it."""
    scores: dict[str, dict[str, dict[str, float]]] = {}
    known, pictures = None, None
    for name in models:
        if pictures is None or known_names(name) != known:
            known = known_names(name)
            pictures = [held_out_pictures(N_PICTURES, known, near=near) for near in (False, True)]
        scores[name] = _rounded(score_clip(name, *pictures))
    return scores


def score_depth_model(name: str, *, near: bool) -> dict[str, float]:
    """Score a shipped depth network on pictures that no training has seen, of whole scenes or from near."""
    loaded = load_depth(name)
    found = score_depth(loaded.network, loaded.architecture, count=N_DEPTHS, side=DEPTH_SIDE, near=near)
    return {key: round(value, 4) for key, value in found.items()}


def course(training: Path, name: str) -> dict[str, Any]:
    """Return how a training went; what is known from an earlier scoring, where its log is gone."""
    path = training / f"{name}.jsonl"
    if path.exists():
        return read_log(path)
    return json.loads(SCORES.read_text(encoding="utf-8"))["training"][name] if SCORES.exists() else {}


def tables(scores: dict[str, Any]) -> str:
    """Write the scores as Markdown."""
    lines = [
        f"Held-out accuracy among all names of a kind that they know ({N_PICTURES} pictures never learnt from):",
        "",
    ]
    lines += ["| CLIP | view | " + " | ".join(KINDS) + " |", "|---" * (2 + len(KINDS)) + "|"]
    for name, views in scores["clip"].items():
        for view, found in views.items():
            lines.append(f"| {name} | {view} | " + " | ".join(f"{found[kind]:.1%}" for kind in KINDS) + " |")
    lines += [
        "",
        f"Prompt adherence: {N_PROMPTS} prompts drawn with the preset's look; {JUDGE}, which guided",
    ]
    lines += ["none of them, names right, and in paintings from near of the same prompts:", ""]
    lines += ["| pictures | " + " | ".join(KINDS) + " |", "|---" * (1 + len(KINDS)) + "|"]
    for label, key in (("drawn", "adherence"), ("painted", "painted")):
        lines.append(f"| {label} | " + " | ".join(f"{scores[key][kind]:.0%}" for kind in KINDS) + " |")
    for label, found in scores["lands"].items():
        lines.append(
            f"| land alone, {label} | | " + " | ".join(f"{found[kind]:.0%}" for kind in KINDS if kind in found) + " |"
        )
    lines.append("")
    drawn, bare = scores["drawn"], scores["lands"]
    lines += [
        f"Pictures of one prompt are {drawn['diversity_drawn']:.2f} apart, painted ones with the same attributes "
        f"{drawn['diversity_painted']:.2f} (the distance of `init_scale`, seen by {JUDGE}).",
        f"Frechet distance of unguided pictures from painted ones, on {JUDGE}'s features: {drawn['frechet']:.3f}; "
        f"of as many painted ones: {drawn['frechet_painted']:.3f}.",
        f"That of the {Counts().lands} pictures of land alone, drawn with the preset's look, from paintings of such: "
        f"{bare['drawn']['frechet']:.3f}; of as many painted ones: {bare['painted']['frechet']:.3f}.",
        f"Doubling the weight of a mood or style beside a subject of weight 1 makes {JUDGE} see more of it in "
        f"{drawn['pulled_by_1']:.0%} of the cases from 0.5 to 1, {drawn['pulled_by_2']:.0%} from 1 to 2 and "
        f"{drawn['pulled_by_4']:.0%} from 2 to 4.",
        f"One picture took {drawn['seconds']:.1f} s there.",
        "",
    ]
    lines += [f"What {DEPTH} sees in {N_DEPTHS} pictures of {DEPTH_SIDE} px never trained on:", ""]
    lines += ["| view | scale-invariant error of log distance | pixels right to 25 % |", "|---|---|---|"]
    for view, found in scores["depth"].items():
        lines.append(f"| {view} | {found['scale_invariant']:.3f} | {found['within_25']:.0%} |")
    lines.append("")
    lines += ["| model | file | bytes | trained steps | hours |", "|---|---|---|---|---|"]
    for name, log in scores["training"].items():
        entry = find(name)
        steps, hours = log.get("step", 0), log.get("seconds", 0) / 3600
        lines.append(f"| {name} | {entry.file} | {entry.bytes} | about {steps} | {hours:.1f} |")
    return "\n".join(lines) + "\n"


def _rounded(views: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {view: {kind: round(value, 4) for kind, value in found.items()} for view, found in views.items()}
