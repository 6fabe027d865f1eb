"""TorchScript archives: the tensors in them are had as torch itself gives them, and nothing in them runs."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import random
import warnings
import zipfile

import pytest
import torch

from pipeline.errors import ModelError
from pipeline.models import build_network, find, load_clip
from pipeline.models.torchscript import is_torchscript, read_torchscript

PART = """\
scripted-clip:
  kind: clip
  purpose: An archive as OpenAI publishes them, for tests.
  file: scripted.pt
  bytes: null
  sha256: "{digest}"
  licence: MIT
  architecture:
    embed_dim: 16
    vision_cfg: {vision}
    text_cfg: {{context_length: 12, vocab_size: 49408, width: 16, heads: 2, layers: 1}}
    mean: [0.5, 0.25, 0.125]
    std: [0.5, 0.5, 0.5]
    quick_gelu: true
"""
TOWERS = {
    "transformer": "{layers: 2, width: 64, image_size: 32, patch_size: 8}",
    "resnet": "{layers: [1, 1, 1, 1], width: 8, image_size: 32}",
}


class Wrapped(torch.nn.Module):
    """A CLIP with the three numbers OpenAI's archives hold beside the weights."""

    def __init__(self, clip):
        super().__init__()
        for name, module in clip.named_children():
            setattr(self, name, module)
        for name, parameter in clip.named_parameters(recurse=False):
            setattr(self, name, parameter)
        for name in ("input_resolution", "context_length", "vocab_size"):
            self.register_buffer(name, torch.tensor(32))

    def forward(self, image):
        return self.visual(image) * self.logit_scale


def archive_of(module: torch.nn.Module) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(module, torch.rand(1, 3, 32, 32), check_trace=False), buffer)
    return buffer.getvalue()


@pytest.fixture(params=TOWERS)
def scripted(request, catalogue, fetched):
    """An archive of a tiny CLIP in half precision, in the catalogue; gives its content and the weights."""
    part = catalogue.with_name("clips.yaml")
    part.write_text(PART.format(digest="0" * 64, vision=TOWERS[request.param]))
    entry = find("scripted-clip", catalogue=catalogue)
    torch.manual_seed(0)
    clip = build_network(entry.architecture).eval()
    wanted = {key: value.clone() for key, value in clip.half().state_dict().items()}
    content = archive_of(Wrapped(clip.float()).eval())
    part.write_text(part.read_text().replace("0" * 64, hashlib.sha256(content).hexdigest()))
    fetched.mkdir()
    (fetched / "scripted.pt").write_bytes(content)
    return content, wanted


def test_the_tensors_are_those_torch_finds(scripted):
    content, _ = scripted
    assert is_torchscript(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = torch.jit.load(io.BytesIO(content)).state_dict()
    found = read_torchscript(content)
    assert wanted.keys() <= found.keys()
    assert {name.rpartition(".")[2] for name in found.keys() - wanted.keys()} <= {"attn_mask"}
    assert all(torch.equal(found[name], value) and found[name].dtype == value.dtype for name, value in wanted.items())


def test_an_archive_loads_as_a_clip_and_is_converted(scripted, catalogue, fetched):
    loaded = load_clip("scripted-clip", catalogue=catalogue)
    state = loaded.model.state_dict()
    assert all(torch.allclose(state[key].to(value.dtype), value) for key, value in scripted[1].items())
    (fetched / "scripted.pt").unlink()
    again = load_clip("scripted-clip", catalogue=catalogue)
    assert again.digest == loaded.digest
    assert all(torch.equal(value, again.model.state_dict()[key]) for key, value in state.items())


def test_only_archives_are_taken_for_archives():
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer)
    assert not is_torchscript(buffer.getvalue())
    assert not is_torchscript(b"") and not is_torchscript(b"PK\x03\x04")


class Reduced:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.mkdir, (self.marker,)


class Built:
    def __init__(self, marker):
        self.marker = str(marker)

    def __setstate__(self, state):
        os.mkdir(state["marker"])


def scripted_pickle(pickled: bytes, *, compressed: bool = False, data: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("a/constants.pkl", pickled)
        archive.writestr("a/data.pkl", pickled)
        archive.writestr("a/code/__torch__.py", "import os\nos.mkdir('escaped')\n")
        for name, content in (data or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


PICKLES = {
    "reduce": lambda marker: pickle.dumps(Reduced(marker), 2),
    "build": lambda marker: pickle.dumps(Built(marker), 2),
    "in a list": lambda marker: pickle.dumps([[Reduced(marker)]], 2),
    "as an attribute": lambda marker: pickle.dumps({"a": Reduced(marker)}, 2),
    "old": lambda marker: pickle.dumps(Reduced(marker), 0),
    "new": lambda marker: pickle.dumps(Reduced(marker), 4),
    "inst": lambda marker: f"(S'{marker}'\nios\nmkdir\n.".encode(),
    "obj": lambda marker: f"(cos\nmkdir\nS'{marker}'\no.".encode(),
    "stack global": lambda marker: b"\x80\x04\x8c\x02os\x8c\x05mkdir\x93\x8c\x01x\x85R.",
    "extension": lambda marker: b"\x80\x02\x82\x01.",
    "no end": lambda marker: b"\x80\x02N",
    "empty": lambda marker: b"",
    "no module": lambda marker: pickle.dumps({"a": 1}, 2),
    "too few": lambda marker: b"\x80\x02R.",
    "no memo": lambda marker: b"\x80\x02h\x05.",
    "long text": lambda marker: b"\x80\x02X\xff\xff\xff\x7fa.",
    "deep": lambda marker: b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
}


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", PICKLES)
def test_nothing_in_an_archive_runs(tmp_path, monkeypatch, fetched, catalogue, kind, compressed):
    monkeypatch.chdir(tmp_path)
    marker = tmp_path / "marker"
    content = scripted_pickle(PICKLES[kind](marker), compressed=compressed)
    assert is_torchscript(content)
    catalogue.with_name("clips.yaml").write_text(
        PART.format(digest=hashlib.sha256(content).hexdigest(), vision=TOWERS["resnet"])
    )
    fetched.mkdir()
    (fetched / "scripted.pt").write_bytes(content)
    with pytest.raises(ModelError, match=r"scripted\.pt: (cannot be parsed \(|does not fit .* 141 missing)"):
        load_clip("scripted-clip", catalogue=catalogue)
    assert not marker.exists() and not (tmp_path / "escaped").exists() and not (tmp_path / "x").exists()
    assert not (fetched / "converted").exists()


def module_with(size, stride, offset, *, storage="FloatStorage", key="0") -> bytes:
    """The instructions for a module with one tensor, as TorchScript writes them."""
    out = io.BytesIO()
    out.write(b"\x80\x02c__torch__\nM\n)\x81}(X\x01\x00\x00\x00w")
    out.write(b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\n" + storage.encode() + b"\n")
    out.write(b"X" + len(key).to_bytes(4, "little") + key.encode() + b"X\x03\x00\x00\x00cpuK\x04tQ")
    for place, numbers in enumerate(((offset,), size, stride)):
        parts = b"".join(b"\x8a\x08" + n.to_bytes(8, "little", signed=True) for n in numbers)
        out.write(parts if place == 0 else b"(" + parts + b"t")
    out.write(b"\x89ccollections\nOrderedDict\n)RtRub.")
    return out.getvalue()


def test_the_handmade_instructions_are_good():
    numbers = torch.arange(4.0).numpy().tobytes()
    content = scripted_pickle(module_with((2, 2), (1, 2), 0), data={"a/data/0": numbers})
    assert read_torchscript(content)["w"].tolist() == [[0.0, 2.0], [1.0, 3.0]]


@pytest.mark.parametrize(
    ("size", "stride", "offset", "options"),
    [
        ((5,), (1,), 0, {}),
        ((4,), (1,), 1, {}),
        ((2**40,), (0,), 0, {}),
        ((-1,), (1,), 0, {}),
        ((2,), (-1,), 1, {}),
        ((2,), (1,), -1, {}),
        ((2, 2), (1,), 0, {}),
        ((2,), (2**62,), 0, {}),
        ((2,), (1,), 0, {"key": "1"}),
        ((2,), (1,), 0, {"key": "../0"}),
        ((2,), (1,), 0, {"storage": "QInt8Storage"}),
        ((2,), (1,), 0, {"storage": "LongStorage2"}),
    ],
)
def test_a_tensor_cannot_reach_beyond_its_storage(size, stride, offset, options):
    content = scripted_pickle(module_with(size, stride, offset, **options), data={"a/data/0": bytes(16)})
    with pytest.raises((ValueError, KeyError)):
        read_torchscript(content)


def test_damage_is_refused_or_gives_tensors(scripted, catalogue, fetched):
    content, _ = scripted
    chance = random.Random(5)
    start = content.index(b"data.pkl") + 8
    for trial in range(60):
        damaged = bytearray(content)
        if trial % 3:
            damaged[start + chance.randrange(4000)] ^= 1 << chance.randrange(8)
        else:
            del damaged[chance.randrange(len(content)) :]
        try:
            found = read_torchscript(bytes(damaged))
        except Exception as fault:
            assert not isinstance(fault, MemoryError | RecursionError)
            continue
        assert all(isinstance(value, torch.Tensor) for value in found.values())
