"""Weight files that are damaged, foreign or hostile: each is a ModelError (exit code 3), and none runs any code."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import tarfile
import zipfile
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import save

from pipeline.errors import ModelError
from pipeline.models import find, load_clip, load_diffusion, open_weights


def save_pt(content) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def small() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return {f"layer.{n}.weight": torch.randn(4, 5, generator=generator) for n in range(4)}


@pytest.fixture
def entry(catalogue):
    return find("tiny-world", catalogue=catalogue)


def refuse(entry) -> str:
    """Open weights that must be refused; return the message."""
    with pytest.raises(ModelError) as caught:
        open_weights(entry)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith(f"{entry.path}: ") and "; " in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 1000
    return str(caught.value)


# the pin


@pytest.mark.goal("R6")
def test_a_truncated_file_is_refused_at_any_length(adopted, n_trials, tried):
    entry, n_lengths = adopted(), n_trials(17, 50, 50)
    tried(n_lengths + 4)
    whole = entry.path.read_bytes()
    for length in [*random.Random(1).sample(range(len(whole)), n_lengths), 0, 1, len(whole) - 1]:
        entry.path.write_bytes(whole[:length])
        told = refuse(entry)
        assert f"has {length} bytes, the catalogue says {len(whole)}" in told and entry.sha256 in told
    entry.path.write_bytes(whole + b"\0")
    assert f"has {len(whole) + 1} bytes" in refuse(entry)


@pytest.mark.goal("R6")
def test_a_flipped_bit_is_refused_with_both_digests(entry, pinned, n_trials, tried):
    n_flips = n_trials(200, 500, 500)
    tried(n_flips)
    whole = save(small())
    entry = pinned(entry, whole, file="w.safetensors")
    chance = random.Random(2)
    found = set()
    for _ in range(n_flips):
        place = chance.randrange(len(whole))
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        entry.path.write_bytes(content)
        told = refuse(entry)
        assert f"the catalogue says {entry.sha256}" in told
        found.add(told)
    assert len(found) > 150  # each names what it found


def test_a_file_that_is_missing_or_no_file_or_not_pinned_is_refused(catalogue, adopted, tmp_path):
    entry = adopted()
    entry.path.unlink()
    assert "the weights of 'tiny-world' are not there" in refuse(entry)
    entry.path.mkdir()
    assert "is not an ordinary file" in refuse(entry)
    clip = find("tiny-clip", catalogue=catalogue)
    clip.path.write_bytes(b"anything")
    assert "pins no size and digest for 'tiny-clip'" in refuse(clip)


# what lies behind a right pin


@pytest.mark.goal("R6")
@pytest.mark.parametrize(("file", "write"), [("w.safetensors", save), ("w.pt", save_pt)])
def test_damage_under_a_right_pin_is_refused_or_gives_tensors(entry, pinned, file, write):
    whole, chance = write(small()), random.Random(4)
    for trial in range(200):
        content = bytearray(whole)
        if trial % 2:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        else:
            del content[chance.randrange(len(content)) :]
        damaged = pinned(entry, bytes(content), file=file)
        if trial % 2:
            try:
                assert all(isinstance(value, torch.Tensor) for value in open_weights(damaged).values())
            except ModelError:
                continue
        else:
            assert "cannot be parsed" in refuse(damaged)


def safetensors_with_header(header: bytes, *, length: int | None = None, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + body


@pytest.mark.goal("R6")
def test_a_header_of_a_terabyte_is_refused(entry, pinned):
    content = safetensors_with_header(b"{}", length=2**40)
    assert "cannot be parsed" in refuse(pinned(entry, content, file="w.safetensors"))


@pytest.mark.goal("R6")
def test_a_header_that_promises_a_terabyte_of_numbers_is_refused(entry, pinned):
    header = json.dumps({"a": {"dtype": "F32", "shape": [2**38], "data_offsets": [0, 2**40]}}).encode()
    assert "cannot be parsed" in refuse(pinned(entry, safetensors_with_header(header), file="w.safetensors"))


@pytest.mark.goal("R6")
def test_a_header_of_a_hundred_thousand_entries_does_not_fit(catalogue, pin):
    nothing = {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({f"k{n}": nothing for n in range(100_000)}).encode()
    pin("tiny-world", safetensors_with_header(header))
    with pytest.raises(ModelError, match=r"100000 unexpected \(k\d+, k\d+, k\d+, \.\.\.\)") as caught:
        load_diffusion("tiny-world", catalogue=catalogue)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([torch.ones(1)], "holds a list, not named tensors"),
        (torch.ones(1), "holds a Tensor, not named tensors"),
        ({1: torch.ones(1)}, "a key is 1, not text"),
        ({"state_dict": {"a": torch.ones(1)}}, "'state_dict' is a dict, not a tensor"),
        ({"epoch": 3}, "'epoch' is a int, not a tensor"),
        ({"a": torch.eye(3).to_sparse()}, "'a' is not a dense tensor"),
        ({"a": torch.ones(2, device="meta")}, "'a' is not a dense tensor"),
    ],
)
@pytest.mark.filterwarnings("ignore:Sparse")
def test_a_checkpoint_that_is_not_named_dense_tensors_is_refused(entry, pinned, content, message):
    assert message in refuse(pinned(entry, save_pt(content), file="w.pt"))


def test_a_file_is_read_as_what_it_is_called(entry, pinned):
    assert "cannot be parsed" in refuse(pinned(entry, save_pt(small()), file="w.safetensors"))
    assert "cannot be parsed" in refuse(pinned(entry, save(small()), file="w.pt"))


# right files for other networks


def wrong(state, name, value):
    return {**state, name: value}


MISFITS = {
    "missing": (lambda s: {k: v for k, v in s.items() if k != "out.2.bias"}, r"1 missing \(out\.2\.bias\)"),
    "extra": (lambda s: wrong(s, "label_emb.weight", torch.ones(2)), r"1 unexpected \(label_emb\.weight\)"),
    "shape": (lambda s: wrong(s, "out.2.bias", torch.ones(1, 24)), r"out\.2\.bias \(1, 24\) instead of \(24,\)"),
    "double": (lambda s: wrong(s, "out.2.bias", torch.ones(24).double()), r"out\.2\.bias float64 instead of float32"),
    "whole": (lambda s: wrong(s, "out.2.bias", torch.ones(24).long()), r"out\.2\.bias int64 instead of float32"),
    "nan": (lambda s: wrong(s, "out.2.bias", torch.full((24,), torch.nan)), r"24 values of 'out\.2\.bias' are not"),
    "inf": (lambda s: wrong(s, "out.2.bias", torch.tensor([torch.inf] + [0.0] * 23)), r"1 values of 'out\.2\.bias'"),
    "renamed": (lambda s: {f"module.{k}": v for k, v in s.items()}, r"missing \(.*unexpected \(module\."),
    "empty": (lambda s: {}, r"missing \(time_embed\.0\.weight, time_embed\.0\.bias, time_embed\.2\.weight, \.\.\.\)"),
}


@pytest.mark.goal("R6")
@pytest.mark.parametrize("kind", MISFITS)
def test_weights_that_do_not_fit_are_refused_with_the_first_keys(catalogue, state_of, pin, kind):
    change, message = MISFITS[kind]
    path = pin("tiny-world", save(change(state_of("tiny-world"))))
    with pytest.raises(ModelError, match=message) as caught:
        load_diffusion("tiny-world", catalogue=catalogue)
    assert str(caught.value).startswith(f"{path}: ") and caught.value.exit_code == 3


def test_a_counter_must_be_a_whole_number(catalogue, state_of, pin):
    key = "visual.bn1.num_batches_tracked"
    pin("tiny-clip", save(wrong(state_of("tiny-clip"), key, torch.tensor(7.0))))
    with pytest.raises(ModelError, match=f"{key} float32 instead of int64"):
        load_clip("tiny-clip", catalogue=catalogue)


@pytest.mark.goal("R6")
def test_weights_of_another_architecture_are_refused(catalogue, state_of, pin):
    pin("tiny-world", save(state_of("tiny-clip")))
    with pytest.raises(ModelError, match=r"missing \(time_embed.*unexpected \("):
        load_diffusion("tiny-world", catalogue=catalogue)


def test_a_few_bytes_that_claim_a_terabyte_are_compared_before_they_are_looked_at(catalogue, state_of, pin):
    catalogue.write_text(catalogue.read_text().replace("tiny-world.safetensors", "w.pt"))
    pin("tiny-world", save_pt(wrong(state_of("tiny-world"), "out.2.bias", torch.ones(1).expand(2**38))))
    with pytest.raises(ModelError, match=r"out\.2\.bias \(274877906944,\) instead of \(24,\)"):
        load_diffusion("tiny-world", catalogue=catalogue)


# hostile files


class Reduced:
    """Makes a marker folder when it is unpickled."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.mkdir, (self.marker,)


class Built:
    """Makes a marker folder when its state is set."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __setstate__(self, state):
        os.mkdir(state["marker"])


def as_zip(content: bytes, *, root: str = "archive", extra: tuple[str, ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{root}/data.pkl", content)
        archive.writestr(f"{root}/byteorder", "little")
        archive.writestr(f"{root}/version", "3\n")
        for name in extra:
            archive.writestr(name, "escaped")
    return buffer.getvalue()


def as_tar(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


HOSTILE = {
    "reduce": Reduced,
    "build": Built,
    "in a dict": lambda marker: {"a": Reduced(marker)},
    "as a key": lambda marker: {("a", Reduced(marker)): 1},
    "deep": lambda marker: OrderedDict(a=[torch.ones(1), ({"b": [[Reduced(marker)]]},)]),
}
WRAPPED = {
    "bare": lambda thing: pickle.dumps(thing),
    "old": lambda thing: pickle.dumps(thing, protocol=0),
    "zip": lambda thing: as_zip(pickle.dumps(thing, protocol=2)),
    "saved": save_pt,
    "legacy": lambda thing: save_legacy(thing),
    "tar": lambda thing: as_tar(pickle.dumps(thing, protocol=2)),
}


def save_legacy(content) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@pytest.mark.goal("R7")
@pytest.mark.parametrize("kind", HOSTILE)
def test_the_hostile_files_are_live(tmp_path, kind):
    """Without this the tests below would pass with harmless files."""
    pickle.loads(pickle.dumps(HOSTILE[kind](tmp_path / "marker")))  # noqa: S301
    assert (tmp_path / "marker").exists()


@pytest.mark.goal("R7")
@pytest.mark.parametrize("file", ["w.pt", "w.safetensors"])
@pytest.mark.parametrize("wrapping", WRAPPED)
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_code_of_a_hostile_file_runs(entry, pinned, tmp_path, kind, wrapping, file):
    marker = tmp_path / "marker"
    content = WRAPPED[wrapping](HOSTILE[kind](marker))
    assert "cannot be parsed" in refuse(pinned(entry, content, file=file))
    assert not marker.exists()


@pytest.mark.goal("R7")
def test_names_that_climb_out_of_an_archive_write_nothing(entry, pinned, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    climbing = ("../../escaped", "/tmp/escaped", "archive/../../../escaped")
    for root in ("../../archive", "archive"):
        content = as_zip(b"(X\x00", root=root, extra=climbing)
        assert "cannot be parsed" in refuse(pinned(entry, content, file="w.pt"))
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "w.pt"])
    assert not (tmp_path.parent / "escaped").exists() and not (tmp_path.parent.parent / "escaped").exists()


def test_a_storage_name_that_climbs_out_of_an_archive_reads_nothing(entry, pinned):
    whole = save_pt({"a": torch.ones(3)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("data.pkl"):
                assert content.count(b"X\x01\x00\x00\x000") == 1  # the name of the only storage: "0"
                content = content.replace(b"X\x01\x00\x00\x000", b"X\x0e\x00\x00\x00../../../wall.")
            target.writestr(name, content)
    assert "cannot be parsed" in refuse(pinned(entry, buffer.getvalue(), file="w.pt"))
