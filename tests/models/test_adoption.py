"""Adopting weights: half precision, a pin in the catalogue, and nothing that could not be loaded again."""

from __future__ import annotations

import difflib
import hashlib
import json

import pytest
import torch
from safetensors import safe_open

from pipeline.errors import ModelError, StoreError
from pipeline.models import adopt, find, open_weights, record


def test_weights_are_written_in_half_precision_and_counters_whole(catalogue, state_of):
    state = state_of("tiny-clip")
    adopted = adopt("tiny-clip", state, catalogue=catalogue)
    content = adopted.path.read_bytes()
    assert adopted.path == catalogue.parent / "embedded" / "tiny-clip.safetensors"
    assert (adopted.bytes, adopted.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with safe_open(adopted.path, framework="pt") as file:
        assert json.loads(file.metadata()["model"]) == {"name": "tiny-clip", "format_version": 1}
    record("tiny-clip", adopted, catalogue=catalogue)
    stored = open_weights(find("tiny-clip", catalogue=catalogue))
    assert stored.keys() == state.keys()
    assert all(torch.equal(stored[key], value.half()) for key, value in state.items() if value.is_floating_point())
    assert stored["visual.bn1.num_batches_tracked"].dtype == torch.int64
    assert int(stored["visual.bn1.num_batches_tracked"]) == 70000


def test_the_same_weights_are_the_same_bytes(catalogue, state_of, tmp_path):
    state = state_of("tiny-world")
    digests = {adopt("tiny-world", state, folder=tmp_path / f"{n}", catalogue=catalogue).sha256 for n in range(8)}
    assert len(digests) == 1


def test_strided_and_shared_tensors_are_written_plainly(catalogue, state_of):
    state = state_of("tiny-world")
    plain = adopt("tiny-world", state, catalogue=catalogue).sha256
    key = "input_blocks.0.0.weight"
    odd = dict(state) | {key: state[key].permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0).half().requires_grad_()}
    whole = torch.cat([state["time_embed.0.bias"], state["time_embed.2.bias"]]).half()
    odd["time_embed.0.bias"], odd["time_embed.2.bias"] = whole[:128], whole[128:]
    assert not odd[key].is_contiguous()
    assert adopt("tiny-world", odd, catalogue=catalogue).sha256 == plain


def test_a_pin_changes_two_values_and_no_other_character(catalogue, state_of):
    before = catalogue.read_text()
    for name in ("tiny-clip", "tiny-world"):
        record(name, adopt(name, state_of(name), catalogue=catalogue), catalogue=catalogue)
    after = catalogue.read_text()
    world = find("tiny-world", catalogue=catalogue)
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert len(changed) == 8
    assert f"+   bytes: {world.bytes}  # a comment behind a value" in changed
    assert f'+   sha256: "{world.sha256}"' in changed
    record("tiny-world", adopt("tiny-world", state_of("tiny-world"), catalogue=catalogue), catalogue=catalogue)
    assert catalogue.read_text() == after


@pytest.mark.parametrize("digest", ["0" * 64, "1" * 64, "0e" + "1" * 62])
def test_a_digest_that_looks_like_a_number_stays_text(catalogue, state_of, digest):
    adopted = adopt("tiny-world", state_of("tiny-world"), catalogue=catalogue)
    record("tiny-world", type(adopted)(adopted.path, adopted.bytes, digest), catalogue=catalogue)
    assert find("tiny-world", catalogue=catalogue).sha256 == digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("out.2.bias"), r"1 missing \(out.2.bias\)"),
        (lambda state: state.update(extra=torch.ones(1)), r"1 unexpected \(extra\)"),
        (lambda state: state.update({"out.2.bias": torch.ones(3)}), r"out.2.bias \(3,\) instead of \(24,\)"),
        (lambda state: state["out.2.bias"].fill_(1e5), "24 values of 'out.2.bias' are not finite"),
    ],
)
def test_weights_that_could_not_be_loaded_again_are_not_written(catalogue, state_of, change, message):
    state = state_of("tiny-world")
    change(state)
    with pytest.raises(ModelError, match=message):
        adopt("tiny-world", state, catalogue=catalogue)
    assert not list((catalogue.parent / "embedded").iterdir())


def test_a_checkpoint_entry_and_a_blocked_folder_are_refused_by_name(catalogue, state_of, tmp_path):
    with pytest.raises(ModelError, match=r"only \.safetensors files are written"):
        adopt("tiny-world-2", {}, catalogue=catalogue)
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="blocked"):
        adopt("tiny-world", state_of("tiny-world"), folder=tmp_path / "blocked", catalogue=catalogue)
