"""The trainers: what they learn from is what they say, and a stopped run goes on as if it had not been stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.models import find, load_clip, load_depth
from pipeline.sample.steps import alpha_bars
from pipeline.train import depth
from pipeline.train.__main__ import DENOISERS, DEPTHS, PERCEPTORS
from pipeline.train.attributes import UNKNOWN, CompactVocabulary, labels, phrase_bank
from pipeline.train.card import SCORES
from pipeline.train.denoiser import denoiser_loss, stratified_timesteps, train_denoiser
from pipeline.train.perceptor import build_compact, caption_vocabulary, train_perceptor, with_unknown_words
from pipeline.train.pictures import Pictures, paint_set
from pipeline.train.progress import learning_rate
from pipeline.train.ship import full_table
from pipeline.train.spoil import blur, spoil
from pipeline.train.world.vocabulary import KINDS


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    return paint_set(tmp_path_factory.mktemp("painted"), count=12, first_seed=50, size=128)


def test_a_painted_set_is_kept_and_its_scenes_fit(pictures: Pictures) -> None:
    assert pictures.pixels.shape == (12, 128, 128, 3)
    assert pictures.pixels.reshape(12, -1).max(axis=1).min() > 0  # none was left unpainted
    for kind, index in labels(pictures.scenes).items():
        for scene, at in zip(pictures.scenes, index, strict=True):
            assert (None if at < 0 else KINDS[kind][at]) == getattr(scene, kind)


@pytest.mark.parametrize("name", [*DENOISERS, *PERCEPTORS])
def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(name: str, pictures: Pictures, tmp_path: Path) -> None:
    run = replace((DENOISERS | PERCEPTORS)[name], batch=4, steps=3)
    train = train_denoiser if name in DENOISERS else train_perceptor
    whole = train(run, pictures, folder=tmp_path / "whole", autocast=False)
    # the learning rate follows the planned number of steps, so the first part is stopped, not shortened
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.train.progress.Checkpoints.is_due", lambda self: True)
        patch.setattr("pipeline.train.averaged.learning_rate", stop_at(1))
        patch.setattr("pipeline.train.perceptor.learning_rate", stop_at(1))
        with pytest.raises(KeyboardInterrupt):
            train(run, pictures, folder=tmp_path / "parts", autocast=False)
    resumed = train(run, pictures, folder=tmp_path / "parts", autocast=False)
    for (key, value), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(value, other, rtol=0, atol=0, msg=key)


def stop_at(last: int):
    def rate(step: int, *, steps: int, peak: float, warmup: int) -> float:
        if step > last:
            raise KeyboardInterrupt
        return learning_rate(step, steps=steps, peak=peak, warmup=warmup)

    return rate


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


def test_timesteps_cover_all_noise_levels_in_every_batch() -> None:
    drawn = stratified_timesteps(32, torch.Generator().manual_seed(1))
    assert sorted((drawn * 32 // 1000).tolist()) == list(range(32))


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


def test_a_shipped_table_has_open_clips_shape(pictures: Pictures) -> None:
    name = "painted-clip-b"
    _, vocabulary = caption_vocabulary(name, pictures.scenes)
    state = full_table(name, build_compact(name, vocabulary).state_dict(), vocabulary)
    assert state["token_embedding.weight"].shape[0] == find(name).architecture.text_cfg.vocab_size
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


def test_every_name_has_a_phrase_and_clip_tells_them_apart() -> None:
    loaded = load_clip("painted-clip-a")
    for kind, texts in phrase_bank(None).items():
        said = torch.nn.functional.normalize(loaded.model.encode_text(loaded.tokenizer(texts)).float(), dim=-1)
        alike = said @ said.T - torch.eye(len(texts))
        assert alike.max() < 0.95, kind


def test_the_depth_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "SIDES", (32,))
    monkeypatch.setattr(depth, "PAINTED", 64)
    monkeypatch.setattr("pipeline.train.progress.Checkpoints.is_due", lambda self: True)
    run = replace(DEPTHS["painted-depth"], batch=2, steps=3, first=3)
    whole = depth.train_depth(run, folder=tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.train.averaged.learning_rate", stop_at(1))
        with pytest.raises(KeyboardInterrupt):
            depth.train_depth(run, folder=tmp_path / "parts")
    resumed = depth.train_depth(run, folder=tmp_path / "parts")
    for (key, value), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(value, other, rtol=0, atol=0, msg=key)


def test_the_depth_loss_is_zero_for_the_truth_and_nearness_and_distance_are_inverse() -> None:
    shape = find("painted-depth").architecture
    true = torch.rand(2, 1, 8, 8)
    assert depth.depth_loss(true, true, shape) == pytest.approx(0, abs=1e-6)
    assert depth.depth_loss(true * 0.5, true, shape) > 0.1
    assert depth.nearness_of(np.array([3.0, 100.0]), shape) == pytest.approx([1, 0])
    assert depth.distance(torch.tensor([0.0, 1.0]), shape).tolist() == pytest.approx([100, 3])


def test_the_shipped_depth_network_is_as_good_as_its_card_says() -> None:
    loaded = load_depth("painted-depth")
    found = depth.score_depth(loaded.network, loaded.architecture, count=12, side=64)
    said = json.loads(SCORES.read_text(encoding="utf-8"))["depth"]["painted-depth"]
    assert found["scale_invariant"] < said["scale_invariant"] * 1.4
    assert found["within_25"] > said["within_25"] - 0.15
