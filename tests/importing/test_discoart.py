"""DiscoArt's settings, as YAML and as JSON, read again as stills."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import KeyframeError
from pipeline.importing.discoart import KEYS
from pipeline.schedule.progress import n_skipped, schedule_entries

YAML = """\
# a still
text_prompts:
  - A Lighthouse, oil on canvas
  - "yellow color scheme:0.5"
width_height: [1300, 768]
skip_steps: 0
steps: 100
clip_guidance_scale: "[4000]*400+[8000]*600"
clamp_grad: True
clamp_max: '[0.05]*500+[0.1]*500'
tv_scale: 10
diffusion_model: 512x512_diffusion
use_secondary_model: false
clip_models: [ViT-B-32::openai, 'ViT-L-14::openai']
clip_models_schedules:
  ViT-L-14::openai: "[True]*400+[False]*600"
cut_schedules_group: watercolor
cut_icgray_p: "[0.2]*1000"
seed: 12
n_batches: 3
"""


def test_a_still_is_the_old_still(bring, verdicts) -> None:
    found = bring(YAML, "old.yml")
    film, plan = found.film, found.film.shots[0].plans[0]
    entries = schedule_entries(100, 0, "noise")
    assert (film.n_frames, film.size.width, film.size.height) == (1, 1280, 768)
    assert plan.look.guidance_scale == tuple(4000.0 if entry < 400 else 8000.0 for entry in entries)
    assert plan.look.clamp_grad == tuple(0.05 if entry < 500 else 0.1 for entry in entries)
    assert plan.look.cut_overview == tuple(
        14.0 if entry < 200 else 12.0 if entry < 400 else 4.0 if entry < 800 else 0.0 for entry in entries
    )
    assert (plan.look.cut_icgray_p, plan.look.range_loss, plan.look.cut_draws) == ((0.2,), "acts", "each")
    assert (plan.look.guidance_path, film.engine.clip_models) == ("unet", ("ViT-B-32/openai", "ViT-L-14/openai"))
    ((name, weights),) = plan.look.clip_weights
    assert (name, weights) == ("ViT-L-14/openai", tuple(1.0 if entry < 400 else 0.0 for entry in entries))
    assert [one.text for one in plan.prompts] == ["A Lighthouse, oil on canvas", "yellow color scheme"]
    assert plan.prompts[1].weight / plan.prompts[0].weight == pytest.approx(0.5)
    said = verdicts(found)
    assert said.keys() == {line.split(":")[0] for line in YAML.splitlines() if line[0].isalpha()}
    assert "unsupported" not in said.values()


def test_every_key_has_one_verdict(bring, verdicts) -> None:
    values: dict = dict.fromkeys(KEYS)
    numbers = {"skip_steps": 0, "steps": 250, "eta": 0.8, "seed": 3, "n_batches": 1, "cutn_batches": 4}
    values |= numbers | {"text_prompts": ["a"], "width_height": [512, 448], "use_secondary_model": True}
    values |= {"clip_models": ["RN50::openai"], "clamp_grad": True, "clamp_max": 0.05, "init_scale": 1000}
    values |= dict.fromkeys(("clip_guidance_scale", "tv_scale", "range_scale", "sat_scale"), 100)
    values |= dict.fromkeys(("perlin_init", "clip_denoised", "use_vertical_symmetry", "use_horizontal_symmetry"), False)
    said = verdicts(bring(values))
    assert said.keys() >= KEYS - {"cut_overview", "cut_innercut", "cut_ic_pow", "cut_icgray_p"}
    assert "unsupported" not in said.values()


def test_prompts_with_fields(bring) -> None:
    prompts = [
        {"text": "a fox: red", "weight": 2},
        {"text": "snow", "clip_guidance": ["RN50::openai"], "weight": 1},
        {"text": "late", "schedule": "[False]*500+[True]*500"},
    ]
    found = bring({"text_prompts": {"version": "1", "prompts": prompts}, "n_batches": 4})
    plan = found.film.shots[0].plans[0]
    assert [(one.text, one.only) for one in plan.prompts][:2] == [("a fox: red", ()), ("snow", ("RN50/openai",))]
    assert found.report.entries["text_prompts"].verdict == "unsupported"


def test_clouds_with_a_pull_over_the_denoising(bring) -> None:
    values = {"text_prompts": "a fox", "perlin_init": True, "perlin_mode": "gray", "skip_steps": 50, "steps": 200}
    plan = bring(values | {"init_scale": "[1000]*600+[0]*400"}).film.shots[0].plans[0]
    assert (plan.init.perlin, n_skipped(200, plan.init.skip)) == ("gray", 50)
    assert plan.init.scale == tuple(1000.0 if entry < 600 else 0.0 for entry in schedule_entries(200, 0.25, "noise"))


@pytest.mark.parametrize(
    "changes",
    [{"width_height": "big"}, {"clip_models": ["x y"]}, {"tv_scale": "[a]*3"}, {"text_prompts": [3]}, {"steps": "x"}],
)
def test_nonsense_is_refused(bring, changes: dict) -> None:
    with pytest.raises(KeyframeError):
        bring(json.dumps({"text_prompts": "a fox", "n_batches": 1} | changes))
