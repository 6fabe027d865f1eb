"""Weights of one's own: added under a name once they fit, with a digest that was typed."""

from __future__ import annotations

import hashlib

import pytest
import torch

from pipeline.errors import ModelError, StoreError, UsageError
from pipeline.models import add, find, list_models, load_diffusion


@pytest.fixture
def own(tmp_path, state_of):
    """A file of one's own that fits tiny-world-2; gives its path and digest as typed."""
    path = tmp_path / "My Model.pt"
    torch.save(state_of("tiny-world-2"), path)
    return path, "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_is_added_under_a_name(own, catalogue, fetched):
    path, digest = own
    found = add(path, like="tiny-world-2", name="mine", trust=digest, catalogue=catalogue)
    assert (found.name, found.path, "sha256:" + found.sha256) == ("mine", fetched / "mine.pt", digest)
    path.unlink()  # it has been copied
    assert load_diffusion("mine", catalogue=catalogue).digest == found.sha256
    assert list_models(["mine"], thorough=True, catalogue=catalogue)[0].state == "present"


def test_a_file_like_one_that_was_added(own, catalogue):
    path, digest = own
    add(path, like="tiny-world-2", name="first", trust=digest, catalogue=catalogue)
    state = torch.load(path, weights_only=True)
    state["out.2.bias"] += 1
    second = path.with_name("second.pt")
    torch.save(state, second)
    typed = "sha256:" + hashlib.sha256(second.read_bytes()).hexdigest()
    add(second, like="first", trust=typed, catalogue=catalogue)
    assert find("second", catalogue=catalogue).architecture == find("tiny-world-2", catalogue=catalogue).architecture


def test_the_digest_must_be_typed_and_right(own, catalogue, fetched):
    path, digest = own
    with pytest.raises(ModelError, match=rf"nobody has pinned this file .*{digest[7:]}.*--trust sha256:DIGEST"):
        add(path, like="tiny-world-2", name="mine", catalogue=catalogue)
    with pytest.raises(ModelError, match="not the one given with --trust"):
        add(path, like="tiny-world-2", name="mine", trust="sha256:" + "0" * 64, catalogue=catalogue)
    assert not fetched.exists()


def test_what_does_not_fit_is_not_added(own, catalogue, fetched):
    path, digest = own
    with pytest.raises(ModelError, match=r"does not fit the architecture .* missing"):
        add(path, like="tiny-world", name="mine", trust=digest, catalogue=catalogue)
    assert list(fetched.iterdir()) == []


@pytest.mark.parametrize("name", [None, "", "../x", "tiny-world", "a/b"])
def test_a_name_that_cannot_be_is_refused(own, catalogue, name):
    path, digest = own
    with pytest.raises(UsageError, match="--name"):
        add(path, like="tiny-world-2", name=name, trust=digest, catalogue=catalogue)


def test_a_file_that_cannot_be_is_refused(own, catalogue, tmp_path, fetched):
    path, digest = own
    with pytest.raises(UsageError, match="is no entry of the catalogue"):
        add(path, like="nobody", catalogue=catalogue)
    for wrong in (tmp_path, tmp_path / "nothing.pt", catalogue):
        with pytest.raises(UsageError, match="name a weight file"):
            add(wrong, like="tiny-world-2", catalogue=catalogue)
    fetched.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be written"):
        add(path, like="tiny-world-2", name="mine", trust=digest, catalogue=catalogue)


def test_the_file_the_catalogue_pins_takes_its_place(own, catalogue, fetched):
    path, digest = own
    catalogue.with_name("checkpoints.yaml").write_text(
        "known:\n  like: tiny-world-2\n  purpose: For tests.\n  file: known.pt\n  bytes: null\n"
        f'  sha256: "{digest[7:]}"\n  licence: unknown\n  source: a friend\n'
    )
    assert add(path, like="known", catalogue=catalogue).path == fetched / "known.pt"
    assert load_diffusion("known", catalogue=catalogue).digest == digest[7:]
    assert not (fetched / "added.yaml").exists()
