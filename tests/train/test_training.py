"""The trainers: what they learn from is what they say, and a stopped run goes on as if it had not been stopped."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from torch.nn import functional as F

from pipeline.models import ClipArchitecture, DepthArchitecture, DiffusionArchitecture, load_depth
from pipeline.models.catalogue import PACKAGED
from pipeline.models.networks import load_upscaler
from pipeline.models.noise import alpha_bars
from pipeline.models.sketch import Sketch, laid_out
from pipeline.train import depth
from pipeline.train.__main__ import DENOISERS, DEPTHS, MODELS, ORDER, PERCEPTORS, SHAPES, UPSCALERS
from pipeline.train.attributes import UNKNOWN, CompactVocabulary
from pipeline.train.card import SCORES
from pipeline.train.compact import build_compact, caption_vocabulary, encode_pictures, image_size
from pipeline.train.denoiser import (
    CALM,
    LARGER,
    batch_of,
    denoiser_loss,
    reading_loss,
    stratified_timesteps,
    train_denoiser,
    turned,
)
from pipeline.train.edition import EDITION, planned
from pipeline.train.enlarger import train_upscaler
from pipeline.train.glimpses import SHARE, Glimpses
from pipeline.train.perceptor import train_perceptor, with_unknown_words
from pipeline.train.pictures import CAPTIONS, Album, AlbumPlan, paint_albums
from pipeline.train.progress import Checkpoints, Means, learning_rate
from pipeline.train.score import FROM_NEAR
from pipeline.train.ship import full_table
from pipeline.train.spoil import blur, spoil
from pipeline.train.telling import LIGHTEST, SHOWN, UNTOLD, WEIGHED, Teller, prompts_with_weights
from pipeline.train.world import render
from pipeline.train.world.vocabulary import KINDS

PLANS = {
    "square": AlbumPlan("square", 128, 128, 50, 10, page=6),
    "wide": AlbumPlan("wide", 96, 160, 70, 4, page=4, near=True),
    "tall": AlbumPlan("tall", 160, 96, 80, 4, page=4, near=True),
    "near": AlbumPlan("near", 128, 128, 110, 6, page=4, near=True, bare=0.5),
    "large": AlbumPlan("large", 128, 128, 90, 3, page=4, near=True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("painted")
    paint_albums(place, PLANS.values(), processes=1)
    return place


@pytest.fixture(scope="module")
def albums(folder: Path) -> dict[str, Album]:
    return {name: Album(folder, plan) for name, plan in PLANS.items()}


def test_an_album_holds_what_its_seeds_paint(albums: dict[str, Album]) -> None:
    for name, plan in PLANS.items():
        album = albums[name]
        assert album.count == plan.count
        last = torch.tensor([plan.count - 1])
        scene = plan.scene(plan.first_seed + plan.count - 1)
        pixels, depth = render(scene, plan.height, plan.width)
        assert torch.equal((album.images(last)[0] * 255).round().byte(), torch.from_numpy(pixels).permute(2, 0, 1))
        torch.testing.assert_close(album.distances(last)[0, 0], torch.from_numpy(depth), rtol=1e-3, atol=0)
        for kind, index in album.labels(last).items():
            assert (None if index < 0 else KINDS[kind][int(index)]) == getattr(scene, kind)
        assert (album.tokens[plan.count - 1].max(axis=1) == album.tokens.max()).all()  # every caption ends


def test_some_pictures_from_near_show_land_alone() -> None:
    """As many as the plan says, whatever their seeds show; nothing else of them is changed."""
    plan = PLANS["near"]
    scenes = [plan.scene(seed) for seed in range(1000)]
    with_subjects = [replace(plan, bare=0.0).scene(seed) for seed in range(1000)]
    left_out = [
        (bare, shown) for bare, shown in zip(scenes, with_subjects, strict=True) if bare.subject != shown.subject
    ]
    assert sum(shown.subject is None for shown in with_subjects) < 60
    assert 420 < len(left_out) < 560
    for bare, shown in left_out:
        assert bare.figures == () and bare.subject is None
        assert [getattr(bare, kind) for kind in ("ground", "mood", "style", "orb")] == [
            getattr(shown, kind) for kind in ("ground", "mood", "style", "orb")
        ]


def test_a_trainer_takes_in_pages_as_they_are_painted(folder: Path, tmp_path: Path) -> None:
    plan = PLANS["square"]
    (tmp_path / plan.name).mkdir()
    album = Album(tmp_path, plan)
    assert album.count == 0
    for page in range(plan.pages()):
        name = f"{plan.name}/{page:05d}.npz"
        (tmp_path / name).write_bytes((folder / name).read_bytes())
        assert album.refresh() == min(plan.count, plan.page * (page + 1))


def test_a_damaged_page_is_named(folder: Path, tmp_path: Path) -> None:
    plan = PLANS["wide"]
    (tmp_path / plan.name).mkdir()
    (tmp_path / plan.name / "00000.npz").write_bytes((folder / plan.name / "00000.npz").read_bytes()[:5000])
    with pytest.raises(RuntimeError, match=r"00000\.npz: is no page"):
        Album(tmp_path, plan)


def teach_words(folder: Path) -> None:
    """Leave the state of a CLIP that has hardly been trained, for a diffusion model to be told by."""
    checkpoints = Checkpoints(folder, "painted-clip-a")
    if checkpoints.resume() is None:
        torch.manual_seed(2)
        checkpoints.save({"model": build_compact("painted-clip-a", caption_vocabulary()).state_dict(), "step": 1})


def train(name: str, albums: dict[str, Album], means: Means, **changes: int):
    if name in DENOISERS:
        teach_words(means.folder)
        return train_denoiser(replace(DENOISERS[name], batch=4, sketched=0, **changes), albums, means=means)
    if name in PERCEPTORS:
        return train_perceptor(
            replace(PERCEPTORS[name], denoiser=None, batch=4, texts=1, **changes), albums, means=means
        )
    if name in DEPTHS:
        return depth.train_depth(replace(DEPTHS[name], batch=2, **changes), albums, means=means)
    return train_upscaler(replace(UPSCALERS[name], batch=2, **changes), albums["large"], means=means)


@pytest.mark.parametrize("name", MODELS)
def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(
    name: str, albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depth, "SIDES", (32,))
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 300)  # which is gathered anew by each training
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 8)
    whole = train(name, albums, Means(tmp_path / "whole"), steps=3)
    # the learning rate follows the planned number of steps, so the first part is stopped, not shortened
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "is_due", lambda self: True)
        patch.setattr("pipeline.train.averaged.learning_rate", stop_at(1))
        patch.setattr("pipeline.train.perceptor.learning_rate", stop_at(1))
        with pytest.raises(KeyboardInterrupt):
            train(name, albums, Means(tmp_path / "parts"), steps=3)
    resumed = train(name, albums, Means(tmp_path / "parts"), steps=3)
    for (key, value), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(value, other, rtol=0, atol=0, msg=key)


@pytest.mark.parametrize(("name", "load"), [("painted-depth", load_depth), ("painted-upscaler", load_upscaler)])
def test_a_training_goes_on_from_the_weights_that_ship(
    name: str, load: Callable[[str], Any], albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depth, "SIDES", (32,))
    found = train(name, albums, Means(tmp_path, onward=name), steps=1, peak_rate=0.0)
    trained = dict(getattr(found, "upscaler", found).state_dict())
    for key, value in load(name).network.state_dict().items():
        assert torch.equal(trained[key], value), key


def stop_at(last: int):
    def rate(step: int, *, along: float, peak: float, warmup: int) -> float:
        if step > last:
            raise KeyboardInterrupt
        return learning_rate(step, along=along, peak=peak, warmup=warmup)

    return rate


def test_minutes_end_a_training_and_its_learning_rate_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints = Checkpoints(tmp_path, "any")
    monkeypatch.setattr(Checkpoints, "seconds", property(lambda self: 30.0))
    assert checkpoints.along(10, steps=100, means=Means(tmp_path)) == pytest.approx(0.1)
    assert checkpoints.along(10, steps=100, means=Means(tmp_path, minutes=1)) == pytest.approx(0.5)
    assert checkpoints.along(10, steps=100, means=Means(tmp_path, minutes=0.4)) == 1
    assert learning_rate(500, along=1, peak=1.0, warmup=10) == pytest.approx(0.02)
    assert learning_rate(4, along=0, peak=1.0, warmup=10) == pytest.approx(0.5)


def test_a_clip_learns_through_the_eyes_of_a_denoiser_that_has_learnt(
    albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    means, images = Means(tmp_path), albums["square"].images(torch.arange(4))
    assert Glimpses("painted-world-128", means)(images, torch.Generator().manual_seed(1)) is images
    train("painted-world-128", albums, means, steps=1)
    assert Glimpses("painted-world-128", means)(images, torch.Generator().manual_seed(1)) is images
    monkeypatch.setattr("pipeline.train.glimpses.LEARNT", 1)
    shown = Glimpses("painted-world-128", means)(images, torch.Generator().manual_seed(1))
    count = math.ceil(4 * SHARE)
    assert count == 1
    assert torch.equal(shown[count:], images[count:])
    assert (shown[:count] - images[:count]).abs().mean() > 0.01
    assert shown.min() >= 0 and shown.max() <= 1


def test_a_diffusion_model_is_told_captions_pictures_and_sometimes_nothing(
    albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    architecture, album = planned("painted-world-128", DiffusionArchitecture), albums["square"]
    with pytest.raises(FileNotFoundError, match="train that model first"):
        Teller(architecture, Means(tmp_path))(album, torch.arange(1), np.random.default_rng())
    teach_words(tmp_path)
    teller, chosen = Teller(architecture, Means(tmp_path)), torch.arange(10).repeat(40)
    images, rng = album.images(chosen) * 2 - 1, np.random.default_rng(3)
    told = teller(album, chosen, rng, shown=images)
    lengths = told.norm(dim=1)
    untold = lengths == 0
    assert untold.float().mean() == pytest.approx(UNTOLD, abs=0.06)
    torch.testing.assert_close(lengths[~untold], torch.full_like(lengths[~untold], told.shape[1] ** 0.5))
    side = image_size(teller._model)
    reduced = F.interpolate(images / 2 + 0.5, size=(side, side), mode="area")
    by_picture = encode_pictures(teller._model, reduced)
    shown = (told / told.shape[1] ** 0.5 - by_picture).norm(dim=1) < 1e-4
    assert shown.float().mean() == pytest.approx(SHOWN, abs=0.07)
    tokens = teller._vocabulary.compact(album.tokens[chosen.numpy()])
    captions = torch.stack([teller._model.encode_text(torch.from_numpy(tokens[:, i])) for i in range(CAPTIONS)])
    by_caption = (F.normalize(captions, dim=-1) * told / told.shape[1] ** 0.5).sum(-1).amax(0) > 0.9999
    by_prompts = ~(untold | shown | by_caption)
    assert by_prompts.float().mean() == pytest.approx(WEIGHED, abs=0.07)
    phrases = torch.cat([bank.flatten(0, 1) for bank in teller._said.values()])
    alone = (phrases @ (told[by_prompts] / told.shape[1] ** 0.5).T).amax(0) > 0.9999
    assert 0.05 < alone.float().mean() < 0.6  # one short prompt is the direction of a phrase, more lie between


def test_prompts_are_as_likely_to_be_true_as_they_weigh() -> None:
    count, rng = 20_000, np.random.default_rng(5)
    labels = {kind: rng.integers(len(names), size=count) for kind, names in KINDS.items()}
    labels["subject"][::4] = -1
    said = prompts_with_weights(labels, rng)
    weights = np.stack([weights for _, weights in said.values()], axis=1)
    assert (weights.max(1) == 1).all()
    assert not weights[::4, list(KINDS).index("subject")].any()
    for number, (kind, names) in enumerate(KINDS.items()):
        found, weight = said[kind]
        true, beside = found == labels[kind], weight < 1
        for low, high in ((0.125, 0.25), (0.25, 0.5), (0.5, 0.999)):
            chosen = (weight > low) & (weight < high)
            by_chance = (1 - weight[chosen]) / len(names)
            assert true[chosen].mean() == pytest.approx((weight[chosen] + by_chance).mean(), abs=0.05)
        assert true[~beside].all()
        assert weights[:, number].any() and (weight[weight > 0] >= 2.0**-LIGHTEST).all()


@pytest.fixture
def learnt(albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """Which weights of the denoiser the second step of a training changes."""
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 300)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 8)
    teach_words(tmp_path)
    run = replace(DENOISERS["painted-world-128"], batch=2)

    def changed(**changes: object) -> set[str]:
        states = []
        for steps in (1, 2):
            (tmp_path / "painted-world-128.pt").unlink(missing_ok=True)
            trained = train_denoiser(replace(run, steps=steps, **changes), albums, means=Means(tmp_path))
            states.append(trained.state_dict())
        return {name for name in states[0] if not torch.equal(states[0][name], states[1][name])}

    return changed


def test_a_sketch_learns_to_read_first_and_gets_its_pictures_in_the_last_step_of_that(
    learnt: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = []
    monkeypatch.setattr("pipeline.train.denoiser.solve_pictures", lambda sketch, album: solved.append(album.plan.near))
    for changes, learns, n_solved in (
        ({"sketched": 3}, "sketch.reading.", 0),
        ({"sketched": 2}, "sketch.reading.", 1),
        ({"sketched": 0, "following": 0.0}, "network.", 0),
        ({"sketched": 0, "alone": 0, "following": 1.0}, "network.", 0),
    ):
        names = learnt(albums=(("near", 1.0),), **changes)
        assert names and {name.startswith(("sketch.", learns)) for name in names} == {True}, changes
        assert {name.startswith("sketch.") for name in names} == {learns != "network."}, changes
        assert solved == [True] * n_solved
        solved.clear()


def test_a_sketch_learns_what_texts_name_and_takes_none_for_a_name_of_its_own() -> None:
    """Two kinds of three and two names; the second picture shows none of the other kind."""
    torch.manual_seed(4)
    sketch = Sketch(text=8, hidden=16, names=(3, 2), pairs=((0, 1),), features=8, fine=8, side=4)
    text = torch.randn(2, 8)
    named = {"subject": torch.tensor([2, 0]), "ground": torch.tensor([1, -1])}
    optimizer = torch.optim.Adam(sketch.reading.parameters(), lr=0.02)
    for _ in range(100):
        optimizer.zero_grad()
        reading_loss(sketch, text, named).backward()
        optimizer.step()
    assert [logits.argmax(1).tolist() for logits in sketch.named(text)] == [[2, 0], [1, 2]]


def test_a_sketch_of_other_names_than_the_worlds_is_refused(
    albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "painted-world-128"
    architecture = planned(name, DiffusionArchitecture)
    assert architecture.sketch is not None
    other = replace(architecture, sketch=replace(architecture.sketch, names=(3, 2)))
    monkeypatch.setattr("pipeline.train.denoiser.planned", lambda *_: other)
    with pytest.raises(ValueError, match=r"its sketch knows \(3, 2\) names, the world others"):
        train_denoiser(DENOISERS[name], albums, means=Means(tmp_path))


def test_pictures_not_seen_from_near_are_learnt_where_there_is_little_noise(albums: dict[str, Album]) -> None:
    architecture = planned("painted-world-128", DiffusionArchitecture)
    given = {"architecture": architecture, "teller": None, "device": "cpu"}
    for shape, most in (("near", 1000), ("square", CALM)):
        run = replace(DENOISERS["painted-world-128"], albums=((shape, 1.0),), sketched=0, smaller=0.0)
        batch = batch_of(run, 0, albums, **given)
        assert 0.9 * most < batch.timesteps.max() < most
        assert batch.text is None and batch.clean.shape == batch.noise.shape
        assert (batch.layout is not None) == (shape == "near")


@pytest.mark.parametrize(("alone", "share", "follow"), [(0, 0.0, (0, 0, 0)), (0, 1.0, (1, 1, 1)), (2, 1.0, (0, 0, 1))])
def test_a_share_of_the_later_batches_is_drawn_over_the_frame_before(
    albums: dict[str, Album],
    alone: int,
    share: float,
    follow: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    seen: list[bool] = []

    def loss(network: torch.nn.Module, clean: torch.Tensor, *_: object, shown: torch.Tensor | None, **__: object):
        seen.append(shown is not None and shown.shape == clean.shape and not torch.equal(shown, clean))
        return sum(parameter.sum() for parameter in network.parameters())

    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 300)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 8)
    monkeypatch.setattr("pipeline.train.denoiser.denoiser_loss", loss)
    teach_words(tmp_path)
    run = replace(DENOISERS["painted-world-128"], batch=2, steps=3, sketched=0)
    run = replace(run, alone=alone, following=share)
    train_denoiser(run, albums, means=Means(tmp_path))
    assert seen == [bool(one) for one in follow]


def test_pictures_are_turned_and_enlarged_as_their_layout_says() -> None:
    y, x = np.mgrid[0:32, 0:48].astype(np.float32)
    images = torch.from_numpy(np.stack([np.sin(x / 9), np.cos(y / 7), np.sin((x + y) / 11)]))[None].repeat(16, 1, 1, 1)
    for seed in range(4):
        shown, layout = turned(images, np.random.default_rng(seed))
        torch.testing.assert_close(shown, laid_out(images, layout).clamp(-1, 1), atol=1e-5, rtol=0)
        across, down = layout[:, 0, 0], layout[:, 1, 1]
        assert set(across.sign().tolist()) == {-1.0, 1.0}
        torch.testing.assert_close(across.abs(), down)
        assert down.max() <= 1 and down.min() >= 1 / LARGER
        assert (layout[:, :, 2].abs() <= 1 - down[:, None] + 1e-6).all()  # nothing outside the picture is seen


def test_texts_are_learnt_first_and_stand_still_when_pictures_are(
    albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 300)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 8)
    run = replace(PERCEPTORS["painted-clip-b"], batch=4, texts=1)
    begun = torch.manual_seed(run.seed) and build_compact(run.name, caption_vocabulary()).state_dict()
    states = [begun]
    for steps in (1, 2):
        trained = train_perceptor(replace(run, steps=steps), albums, means=Means(tmp_path))
        states.append({name: value.clone() for name, value in trained.state_dict().items()})

    def changed(before: dict, after: dict) -> set[bool]:
        """Say of the changed weights whether they are those that pictures are seen by."""
        names = {name for name in before if not torch.equal(before[name], after[name])} - {"logit_scale"}
        return {name.startswith("visual.") for name in names}

    assert changed(states[0], states[1]) == {False}
    assert changed(states[1], states[2]) == {True}


def test_the_guide_rests_until_there_is_a_model_whose_guesses_it_is_shown(
    albums: dict[str, Album], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 300)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 8)
    run = replace(PERCEPTORS["painted-clip-b"], batch=4, texts=1, steps=3)
    whole = train_perceptor(run, albums, means=Means(tmp_path / "whole")).state_dict()
    parted = {until: train_perceptor(run, albums, means=Means(tmp_path), until=until) for until in (2, None)}
    step = Checkpoints(tmp_path, run.name).resume()
    assert step is not None and step["step"] == 3
    assert all(torch.equal(whole[name], value) for name, value in parted[None].state_dict().items())
    assert not torch.equal(parted[2].visual.conv1.weight, whole["visual.conv1.weight"])
    assert ORDER[:3] == (("painted-clip-a", 3000), ("painted-world-128", None), ("painted-clip-a", None))
    assert {name for name, until in ORDER if until is None} == set(MODELS)


def test_every_model_that_is_trained_is_planned_and_its_batches_are_shared_out() -> None:
    assert set(yaml.safe_load(EDITION.read_text(encoding="utf-8"))) == set(MODELS)
    assert sum(share for _, share in SHAPES) == pytest.approx(1)


def test_what_ships_is_what_the_trainers_make() -> None:
    """An entry of the package's catalogue is the edition's and the pins; shipping puts the one in the other's place."""
    made, shipped = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (EDITION, PACKAGED))
    pins = {"bytes": None, "sha256": None}
    for name in MODELS:
        assert {**shipped[name], **pins} == made[name], name


def test_the_loss_of_a_perfect_prediction_is_zero_and_weights_follow_the_noise() -> None:
    clean = torch.rand(2, 3, 8, 8) * 2 - 1
    noise = torch.randn(2, 3, 8, 8)
    bars = torch.tensor(alpha_bars("cosine"), dtype=torch.float32)

    def answer(offset: float):
        told = torch.nn.functional.pixel_unshuffle(clean + offset, 4)
        return lambda x, t: torch.cat([told, torch.zeros_like(told)], 1)

    at = {"unshuffle": 4, "cap": 8.0}
    assert denoiser_loss(answer(0.0), clean, noise, torch.tensor([10, 10]), bars, **at) == pytest.approx(0, abs=1e-12)
    nearly_clean = denoiser_loss(answer(0.5), clean, noise, torch.tensor([10, 10]), bars, **at)
    pure_noise = denoiser_loss(answer(0.5), clean, noise, torch.tensor([999, 999]), bars, **at)
    assert nearly_clean == pytest.approx(0.25 * 8, rel=1e-4)  # capped
    assert pure_noise == pytest.approx(0.25, rel=1e-4)  # never below one


@pytest.mark.parametrize(("calm", "low"), [(0.7, (5, 6)), (1.0, (9, 10)), (1.2, (11, 12))])
def test_timesteps_cover_all_noise_levels_in_every_batch(calm: float, low: tuple[int, int]) -> None:
    levels = sorted(stratified_timesteps(32, torch.Generator().manual_seed(1), calm).tolist())
    edges = [1000 * (i / 32) ** calm for i in range(33)]
    assert all(low - 1 <= level <= high for low, level, high in zip(edges, levels, edges[1:], strict=False))
    assert sum(level < 300 for level in levels) in low


def test_strokes_are_learnt_more_once_shapes_have_been(albums: dict[str, Album]) -> None:
    given = {"architecture": planned("painted-world-128", DiffusionArchitecture), "teller": None, "device": "cpu"}
    run = replace(DENOISERS["painted-world-128"], albums=(("near", 1.0),), sketched=0, alone=2)
    first, then = (batch_of(run, step, albums, **given).timesteps for step in (1, 2))
    assert (first < 300).float().mean() < 0.25 < (then < 300).float().mean()


def test_unknown_words_are_zero_rows_and_known_ones_come_back_in_their_place() -> None:
    vocabulary = CompactVocabulary(np.array([5, 9, 40]), 4)
    assert vocabulary.compact(np.array([9, 6, 40, 0, 41])).tolist() == [2, UNKNOWN, 3, UNKNOWN, UNKNOWN]
    table = vocabulary.expand_embedding(torch.arange(8.0).reshape(4, 2), 50)
    assert table[9].tolist() == [4.0, 5.0]
    assert table[[0, 6, 41]].abs().sum() == 0


def test_the_end_of_a_text_survives_an_inserted_word() -> None:
    tokens = np.array([[1, 4, 5, 6, 9], [1, 4, 9, 0, 0]] * 50)
    changed = with_unknown_words(tokens, np.random.default_rng(3))
    assert (changed != tokens).any()
    assert (changed.max(axis=1) == 9).all()


def test_a_shipped_table_has_open_clips_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "painted-clip-b"
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 100)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 2)
    vocabulary = caption_vocabulary()
    state = full_table(name, build_compact(name, vocabulary).state_dict(), vocabulary)
    assert state["token_embedding.weight"].shape[0] == planned(name, ClipArchitecture).text_cfg.vocab_size
    assert state["token_embedding.weight"].any(dim=1).sum() == len(vocabulary.used)


def test_spoiled_pictures_differ_each_in_its_own_way_and_repeat_by_seed() -> None:
    images = torch.rand(1, 3, 32, 32).expand(6, 3, 32, 32)
    first, again = (spoil(images, size=16, generator=torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(first, again)
    assert first.shape == (6, 3, 16, 16)
    assert all(not torch.equal(first[i], first[j]) for i in range(6) for j in range(i))


def test_blur_takes_away_detail_and_keeps_the_mean() -> None:
    images = torch.rand(3, 3, 32, 32)
    blurred = blur(images, torch.tensor([0.0, 0.5, 1.0]))
    torch.testing.assert_close(blurred[0], images[0])
    assert blurred[2].std() < blurred[1].std() < blurred[0].std()
    torch.testing.assert_close(blurred.mean(dim=(2, 3)), images.mean(dim=(2, 3)), rtol=0, atol=0.02)


def test_the_depth_loss_is_zero_for_the_truth_and_nearness_and_distance_are_inverse() -> None:
    shape = planned("painted-depth", DepthArchitecture)
    true = torch.rand(2, 1, 8, 8)
    assert depth.depth_loss(true, true, shape) == pytest.approx(0, abs=1e-6)
    assert depth.depth_loss(true * 0.5, true, shape) > 0.1
    assert depth.nearness_of(torch.tensor([3.0, 100.0]), shape).tolist() == pytest.approx([1, 0])
    assert depth.distance(torch.tensor([0.0, 1.0]), shape).tolist() == pytest.approx([100, 3])


@pytest.mark.parametrize(("view", "near"), [("clean", False), (FROM_NEAR, True)])
def test_the_shipped_depth_network_is_as_good_as_its_card_says(view: str, near: bool) -> None:
    loaded = load_depth("painted-depth")
    found = depth.score_depth(loaded.network, loaded.architecture, count=12, side=64, near=near)
    said = json.loads(SCORES.read_text(encoding="utf-8"))["depth"][view]
    assert found["scale_invariant"] < said["scale_invariant"] * 1.4
    assert found["within_25"] > said["within_25"] - 0.15
