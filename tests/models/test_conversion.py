"""Checkpoints are read once: what fits is kept as safetensors, keyed by the digest of what it was made from."""

from __future__ import annotations

import io
import os

import pytest
import torch

from pipeline.errors import ModelError, StoreError
from pipeline.models import find, list_models, load_clip, load_diffusion, refuse_absent
from pipeline.models.conversion import converted_file
from pipeline.types import Engine


def save_pt(content) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


@pytest.fixture
def checkpoint(catalogue, state_of, pin):
    """The tiny checkpoint in its place; gives its path and weights."""
    state = state_of("tiny-world-2")
    return pin("tiny-world-2", save_pt(state)), state


def load(catalogue):
    return load_diffusion("tiny-world-2", catalogue=catalogue).network.state_dict()


def test_a_checkpoint_is_unpickled_once(checkpoint, catalogue, fetched, monkeypatch):
    first = load(catalogue)
    entry = find("tiny-world-2", catalogue=catalogue)
    assert converted_file(entry.sha256, fetched).is_file()
    monkeypatch.setattr("torch.load", lambda *_, **__: pytest.fail("unpickled again"))
    again = load(catalogue)
    assert all(torch.equal(value, first[key]) for key, value in again.items())
    assert all(torch.equal(value, checkpoint[1][key]) for key, value in again.items())
    checkpoint[0].unlink()  # two gigabytes that are not needed any more
    assert load(catalogue).keys() == first.keys()
    assert list_models(["tiny-world-2"], thorough=True, catalogue=catalogue)[0].state == "present"
    refuse_absent(Engine("tiny-world-2", (), "cpu", 1), catalogue=catalogue)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "no pin", "bad pin"])
def test_a_damaged_conversion_is_made_again(checkpoint, catalogue, fetched, damage):
    first = load(catalogue)
    path = converted_file(find("tiny-world-2", catalogue=catalogue).sha256, fetched)
    whole = path.read_bytes()
    pin = path.with_suffix(".json")
    if damage == "no pin":
        pin.unlink()
    elif damage == "bad pin":
        pin.write_text("[" * 100_000)
    else:
        path.write_bytes({"flip": whole[:-1] + bytes([whole[-1] ^ 1]), "cut": whole[:-9], "empty": b""}[damage])
    again = load(catalogue)
    assert all(torch.equal(value, first[key]) for key, value in again.items())
    assert path.read_bytes() == whole


def test_what_does_not_fit_is_not_kept(catalogue, state_of, pin, fetched):
    pin("tiny-world-2", save_pt({key: value for key, value in state_of("tiny-world-2").items() if "out" not in key}))
    with pytest.raises(ModelError, match="missing"):
        load(catalogue)
    assert not fetched.exists()


def test_a_place_that_cannot_be_written_is_named(checkpoint, catalogue, fetched):
    fetched.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=r"fetched-models.* cannot be written"):
        load(catalogue)
    fetched.unlink()
    load(catalogue)


def test_a_full_disk_leaves_nothing_behind(checkpoint, catalogue, fetched, monkeypatch):
    def full(tensors, path):
        path.write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pipeline.models.weights.save_file", full)
    with pytest.raises(StoreError, match="No space left"):
        load(catalogue)
    assert [path.name for path in fetched.rglob("*") if path.is_file()] == []


def test_tensors_that_share_memory_are_kept_apart(catalogue, state_of, pin):
    state = state_of("tiny-world-2")
    key = "input_blocks.1.0.in_layers.2.weight"
    state[key] = state[key].permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
    names = ["input_blocks.1.0.in_layers.0.bias", "input_blocks.1.0.in_layers.0.weight"]
    both = torch.cat([state[name] for name in names])
    state[names[0]], state[names[1]] = both[:32], both[32:]
    pin("tiny-world-2", save_pt(state))
    for _ in range(2):
        assert all(torch.equal(value, state[name]) for name, value in load(catalogue).items())


@pytest.mark.parametrize("layout", ["plain", "state_dict", "module", "both"])
def test_a_clip_loads_from_what_its_training_saves(catalogue, state_of, pin, layout):
    catalogue.write_text(catalogue.read_text().replace("tiny-clip.safetensors", "tiny-clip.pt"))
    state = state_of("tiny-clip")
    named = {f"module.{key}": value for key, value in state.items()} if layout in ("module", "both") else state
    pin("tiny-clip", save_pt({"epoch": 32, "state_dict": named} if layout in ("state_dict", "both") else named))
    found = load_clip("tiny-clip", catalogue=catalogue).model.state_dict()
    assert all(torch.equal(value, state[key]) for key, value in found.items())


def test_the_shipped_models_are_not_converted(catalogue, adopted, fetched):
    adopted()
    load_diffusion("tiny-world", catalogue=catalogue)
    assert not fetched.exists()
