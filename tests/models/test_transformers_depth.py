"""Depth networks of the package transformers: what is read without it, and, where it is installed, what it answers."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.errors import ModelError, UsageError
from pipeline.models import add, engine_facts, find, list_models, open_transformers_depth, refuse_absent
from pipeline.models.depth_config import TransformersDepth, depth_config
from pipeline.models.torchvision_ops import declare_missing_ops
from pipeline.models.transformers_depth import as_nearness, looked_at
from pipeline.types import Engine, SpatialMove
from pipeline.warp import Sight

DPT = {
    "model_type": "dpt",
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "image_size": 32,
    "patch_size": 8,
    "backbone_out_indices": [0, 1, 2, 3],
    "neck_hidden_sizes": [8, 8, 8, 8],
    "fusion_hidden_size": 8,
    "readout_type": "project",
}
ANYTHING = {
    "model_type": "depth_anything",
    "patch_size": 14,
    "reassemble_hidden_size": 16,
    "neck_hidden_sizes": [8, 8, 8, 8],
    "fusion_hidden_size": 8,
    "head_hidden_size": 8,
    "backbone_config": {
        "model_type": "dinov2",
        "hidden_size": 16,
        "num_hidden_layers": 4,
        "num_attention_heads": 2,
        "mlp_ratio": 2,
        "image_size": 28,
        "patch_size": 14,
        "out_indices": [1, 2, 3, 4],
        "apply_layernorm": True,
        "reshape_hidden_states": False,
    },
}
ENGINE = Engine("painted-world-128", ("painted-clip-a",), "cpu", 1, depth_model="dpt-large")
needs_transformers = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="the package transformers is not installed"
)


@pytest.fixture
def published(tmp_path: Path):
    """Return a function that writes a network as it is published, a folder with config.json and model.safetensors."""

    def write(told: dict, name: str = "mine") -> tuple[Path, str]:
        from safetensors.torch import save_file

        declare_missing_ops()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import transformers

            config = transformers.AutoConfig.for_model(**told)
            torch.manual_seed(5)
            network = transformers.AutoModelForDepthEstimation.from_config(config)
        with torch.no_grad():  # the last thing these networks do is to leave out what is below 0
            for parameter in network.parameters():
                parameter.add_(0.05 * torch.randn(parameter.shape))
            list(network.head.parameters())[-1].fill_(3)
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(told))
        file = folder / "model.safetensors"
        save_file({key: value.contiguous().clone() for key, value in network.state_dict().items()}, file)
        return file, "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()

    return write


def test_the_catalogue_knows_networks_of_other_makers(fetched) -> None:
    dpt, small = (find(name).architecture for name in ("dpt-large", "depth-anything-v2-small"))
    assert (dpt.kind, dpt.side, dpt.size_multiple, dpt.is_square, dpt.is_metric) == ("dpt", 384, 16, True, False)
    assert (small.kind, small.side, small.size_multiple, small.is_square) == ("depth_anything", 518, 14, False)
    assert looked_at(dpt, 90, 200) == (384, 384)
    assert looked_at(small, 360, 640) == (518, 924)
    assert looked_at(small, 640, 360) == (924, 518)
    assert looked_at(depth_config({"model_type": "zoedepth"}, where="here"), 30, 40) == (384, 512)
    assert list_models(["dpt-large"])[0].state == "missing"


def test_what_is_missing_is_told_before_anything_heavy(fetched, monkeypatch) -> None:
    monkeypatch.setattr("pipeline.models.depth_config.find_spec", lambda name: None)
    with pytest.raises(ModelError) as fault:
        refuse_absent(ENGINE)
    assert "dpt-large.safetensors: the weights of 'dpt-large' are not there" in str(fault.value)
    assert "pipeline models fetch dpt-large --trust sha256:DIGEST" in str(fault.value)
    assert "dpt-large: needs the package transformers, which is not installed; install it (pip" in str(fault.value)
    with pytest.raises(ModelError, match="nobody has pinned a digest for 'dpt-large'; run `pipeline models fetch"):
        engine_facts(ENGINE)


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"model_type": "bert"}, r"no configuration of a depth network \(model_type 'bert'\)"),
        (["dpt"], "no configuration of a depth network"),
        (DPT | {"auto_map": {"AutoModel": "evil.Model"}}, r"asks for code or weights from elsewhere \(auto_map\)"),
        (DPT | {"backbone": "resnet50", "use_timm_backbone": True}, r"elsewhere \(backbone, use_timm_backbone\)"),
        (DPT | {"image_size": 10**9}, "cannot be used"),
        (DPT | {"image_size": "big"}, "cannot be used"),
        (DPT | {"initializer_range": float("nan")}, "cannot be used"),
    ],
)
def test_a_configuration_that_cannot_be(told, what: str) -> None:
    with pytest.raises(ModelError, match=what):
        depth_config(told, where="config.json")


def test_answers_become_nearness() -> None:
    seen = np.linspace(3, 7, 101)[None]
    assert as_nearness(seen, is_metric=False)[0, [0, 50, 100]].tolist() == pytest.approx([0, 0.5, 1])
    assert as_nearness(np.full((3, 4), 2.5), is_metric=False).tolist() == [[1] * 4] * 3
    metres = as_nearness(np.array([[0.5, 1, 2, 30, 90]]), is_metric=True)
    assert metres[0] == pytest.approx([1, 1, (1 / 2 - 1 / 30) / (1 - 1 / 30), 0, 0])


@needs_transformers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("told", "like"), [(DPT, "dpt-large"), (ANYTHING, "depth-anything-v2-small")])
def test_a_published_folder_is_added_and_looks(published, fetched, told, like: str) -> None:
    import transformers

    file, digest = published(told)
    found = add(file, like=like, name="own-depth", trust=digest)
    file.unlink()  # it has been copied, and what it is built from is written down
    entry = find("own-depth")
    assert isinstance(entry.architecture, TransformersDepth)
    assert entry.architecture.config == told
    engine = Engine("painted-world-128", ("painted-clip-a",), "cpu", 1, depth_model="own-depth")
    facts = engine_facts(engine)
    assert facts["depth model"] == f"own-depth {found.sha256}"
    assert facts["transformers"] == transformers.__version__
    refuse_absent(engine)
    y, x = np.mgrid[0:30, 0:50]
    pixels = np.stack([x * 5, y * 8, 255 - x * 5], axis=-1).astype(np.uint8)
    seen = Sight(engine).nearness(SpatialMove(), pixels)
    assert (seen.shape, seen.min(), seen.max()) == ((30, 50), 0, 1)
    again = open_transformers_depth(entry)(pixels)
    assert np.array_equal(seen, again)
    turned = open_transformers_depth(entry)(np.ascontiguousarray(pixels[:, ::-1]))
    assert not np.array_equal(seen, turned)


@needs_transformers
@pytest.mark.filterwarnings("ignore")
def test_weights_that_do_not_fit_are_refused(published, fetched) -> None:
    file, digest = published(DPT)
    (file.parent / "config.json").write_text(json.dumps(DPT | {"hidden_size": 24}))
    with pytest.raises(ModelError, match="does not fit its configuration"):
        add(file, like="dpt-large", name="own", trust=digest)
    assert not (fetched / "own.safetensors").exists()
    renamed = file.rename(file.with_suffix(".bin"))
    with pytest.raises(UsageError, match=r"depth networks are taken from \.safetensors alone"):
        add(renamed, like="dpt-large", name="own", trust=digest)
