"""The real architectures with random numbers: written, loaded by the usual way, drawn with."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from pipeline import load
from pipeline.errors import UsageError
from pipeline.models import build_network, find, load_diffusion, load_secondary, refuse_unknown
from pipeline.models.rehearsal import narrow, random_state, write_checkpoint
from pipeline.sample.draw import draw
from pipeline.sample.easel import as_denoiser
from pipeline.types import FramePlan, Size, WeightedPrompt
from tests.sample.conftest import STILL

PUBLISHED = {
    "512x512_diffusion_uncond_finetune_008100": (4, 644, 557.97),
    "256x256_diffusion_uncond": (8, 566, 552.81),
    "portrait_generator_v001": (2, None, 139.58),
    "pixelartdiffusion_expanded": (4, 426, 113.68),
    "Ukiyo-e_Diffusion_All_V1.by_thegenerativegeneration": (4, None, None),
}
TAUGHT = {"256x256_diffusion": (8, 567, 553.84), "512x512_diffusion": (4, 645, 559.0)}  # classes
LOOK = replace(STILL, steps=2, cut_overview=(1.0,), cut_innercut=(1.0,))


@pytest.fixture
def rehearse(catalogue, fetched):
    """Write a narrow random checkpoint of a published model under its own entry; gives the narrow architecture."""

    def make(name: str, dtype: torch.dtype):
        published = find(name)
        shape = narrow(published.architecture, (PUBLISHED | TAUGHT)[name][0])
        fetched.mkdir(exist_ok=True)
        path = fetched / published.file
        write_checkpoint(shape, path, dtype=dtype)
        told = {
            "kind": "diffusion",
            "purpose": "A rehearsal.",
            "file": published.file,
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "licence": "MIT",
            "architecture": yaml.safe_load(yaml.safe_dump(_plain(asdict(shape)))),
        }
        catalogue.with_name("checkpoints.yaml").write_text(yaml.safe_dump({name: told}))
        return shape

    return make


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32], ids=["half", "single"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_architecture_draws(rehearse, catalogue, make_easel, name, dtype):
    shape = rehearse(name, dtype)
    loaded = load_diffusion(name, catalogue=catalogue)
    assert {value.dtype for value in loaded.network.parameters()} == {torch.float32}
    expected = random_state(shape, dtype=dtype)
    assert all(torch.equal(value, expected[key].float()) for key, value in loaded.network.state_dict().items())
    plan = FramePlan("one", 0, 7, Size(64, 128), (WeightedPrompt("a red fox", 1.0),), None, LOOK)
    easel = make_easel(8)
    options = {"perceptors": easel.perceptors, "schedule": loaded.architecture.schedule, "device": "cpu"}
    pixels = draw(plan, None, denoiser=as_denoiser(loaded), **options)
    assert (pixels.shape, pixels.dtype) == ((64, 128, 3), np.uint8)
    assert pixels.std() > 1


def test_a_model_that_was_taught_classes_draws_them(rehearse, catalogue, make_easel):
    rehearse("256x256_diffusion", torch.float16)
    denoiser = as_denoiser(load_diffusion("256x256_diffusion", catalogue=catalogue))
    assert denoiser.n_classes == 1000

    def drawn(label: str) -> np.ndarray:
        look = replace(LOOK, class_label=label, guidance_scale=(0.0,))
        plan = FramePlan("one", 0, 7, Size(32, 64), (WeightedPrompt("a red fox", 1.0),), None, look)
        return draw(plan, None, denoiser=denoiser, perceptors=(), schedule="linear", device="cpu")

    assert not np.array_equal(drawn("3"), drawn("999"))
    assert np.array_equal(drawn("random"), drawn("random"))
    with pytest.raises(UsageError, match=r"look\.class is none, the model has 1000 classes"):
        drawn("none")


@pytest.mark.parametrize("name", PUBLISHED | TAUGHT)
def test_the_catalogue_builds_the_published_layout(name):
    factor, n_tensors, millions = (PUBLISHED | TAUGHT)[name]
    entry = find(name)
    with torch.device("meta"):
        state = build_network(entry.architecture).state_dict()
        narrowed = build_network(narrow(entry.architecture, factor)).state_dict()
    assert n_tensors in (None, len(state))
    assert millions in (None, round(sum(value.numel() for value in state.values()) / 1e6, 2))
    assert entry.weights_m == millions
    assert list(narrowed) == list(state)


def test_the_secondary_model_loads_at_its_full_size(catalogue, fetched):
    entry = find("secondary")
    fetched.mkdir()
    write_checkpoint(entry.architecture, fetched / entry.file)
    digest = hashlib.sha256((fetched / entry.file).read_bytes()).hexdigest()
    catalogue.with_name("checkpoints.yaml").write_text(
        f"secondary:\n  kind: secondary\n  purpose: A rehearsal.\n  file: {entry.file}\n  bytes: null\n"
        f'  sha256: "{digest}"\n  licence: MIT\n  architecture:\n    channels: [64, 128, 128, 256, 256, 512]\n'
        "    size_multiple: 32\n"
    )
    network = load_secondary(catalogue=catalogue).network
    found = network(torch.ones(1, 3, 32, 64), torch.tensor([0.5]))
    assert found.x0.shape == (1, 3, 32, 64) and bool(torch.isfinite(found.x0).all())


@pytest.mark.parametrize("preset", ["imagenet-512", "imagenet-256", "pixel-art"])
def test_a_preset_of_the_real_models_fits_them(tmp_path: Path, preset):
    path = tmp_path / "film.yaml"
    path.write_text(f"preset: {preset}\nprompts: a fox\n")
    film = load(path)
    refuse_unknown(film.engine)
    multiple = find(film.engine.diffusion_model).architecture.size_multiple
    assert film.size.width % multiple == film.size.height % multiple == 0
    assert film.engine.clip_models == ("ViT-B-32/openai", "ViT-B-16/openai", "RN50/openai")
