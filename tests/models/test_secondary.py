"""The secondary model: the published layout, and the arithmetic of its prediction."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import replace

import pytest
import torch

from pipeline.models import engine_facts, find, load_secondary
from pipeline.models.secondary import FourierFeatures, SecondaryNetwork, Skip
from pipeline.sample.draw import STEP_VALUES
from pipeline.sample.easel import set_up
from pipeline.types import Engine, FramePlan, Look, Size

PUBLISHED = (64, 128, 128, 256, 256, 512)


def published_names() -> set[str]:
    """Return the names of the published tensors: 2 for each of 24 convolutions, and the frequencies."""
    level, blocks = "net.2", ["net.0", "net.1", "net.3"]
    for _ in range(4):
        blocks += [f"{level}.main.{place}" for place in (1, 2, 4, 5)]
        level += ".main.3"
    blocks += [f"{level}.main.{place}" for place in (1, 2, 3, 4)]
    convolutions = [*(f"{block}.0" for block in blocks), "net.4"]
    assert len(convolutions) == 24
    return {"timestep_embed.weight", *(f"{name}.{part}" for name in convolutions for part in ("weight", "bias"))}


def test_the_published_weights_have_this_layout():
    with torch.device("meta"):
        state = SecondaryNetwork(find("secondary").architecture.channels).state_dict()
    assert len(state) == 49  # 24 convolutions with biases, and the frequencies
    assert sum(value.numel() for value in state.values()) == 13_841_547
    assert set(state) == published_names()
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    assert shapes["timestep_embed.weight"] == (8, 1)
    assert shapes["net.0.0.weight"] == (64, 19, 3, 3)
    assert shapes["net.2.main.1.0.weight"] == (128, 64, 3, 3)
    assert shapes["net.2.main.3.main.4.0.weight"] == (128, 256, 3, 3)
    assert shapes["net.2.main.5.0.weight"] == (64, 128, 3, 3)
    deepest = "net.2.main.3.main.3.main.3.main.3.main"
    assert [shapes[f"{deepest}.{n}.0.weight"][:2] for n in (1, 2, 3, 4)] == [
        (512, 256),
        (512, 512),
        (512, 512),
        (256, 512),
    ]
    assert shapes["net.3.0.weight"] == (64, 128, 3, 3)
    assert (shapes["net.4.weight"], shapes["net.4.bias"]) == ((3, 64, 3, 3), (3,))


def test_cosines_stand_before_sines():
    features = FourierFeatures()
    with torch.no_grad():
        features.weight.copy_(torch.arange(8.0)[:, None])
    found = features(torch.tensor([[0.125]]))[0]
    assert torch.allclose(found[:3], torch.tensor([1.0, math.sqrt(0.5), 0.0]), atol=1e-6)
    assert torch.allclose(found[8:11], torch.tensor([0.0, math.sqrt(0.5), 1.0]), atol=1e-6)


def test_what_came_in_stands_after_what_came_out():
    assert Skip(torch.nn.Identity())(torch.ones(1, 1, 2, 2)).shape == (1, 2, 2, 2)
    found = Skip(torch.nn.Flatten(0, 0), torch.nn.ReLU())(-torch.ones(1, 1, 1, 1))
    assert found.flatten().tolist() == [0.0, -1.0]


def test_the_prediction_is_a_turn_of_picture_and_velocity():
    network = SecondaryNetwork((4, 8, 8)).eval()
    x = torch.randn(3, 3, 16, 8, generator=torch.Generator().manual_seed(0))
    found = network(x, torch.tensor([0.0, 0.25, 1.0]))
    assert torch.allclose(found.x0[0], x[0]) and torch.allclose(found.eps[0], found.v[0])
    assert torch.allclose(found.x0[2], -found.v[2], atol=1e-6) and torch.allclose(found.eps[2], x[2], atol=1e-6)
    cos, sin = math.cos(math.pi / 8), math.sin(math.pi / 8)
    assert torch.allclose(cos * found.x0[1] + sin * found.eps[1], x[1], atol=1e-5)


@pytest.mark.parametrize("halved", [False, True])
def test_it_loads_from_a_checkpoint_of_its_layout(fetched, catalogue, halved):
    part = catalogue.with_name("checkpoints.yaml")
    network = SecondaryNetwork((4, 8, 8))
    state = {key: value.half() if halved else value for key, value in network.state_dict().items()}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    part.write_text(
        "small-secondary:\n  kind: secondary\n  purpose: For tests.\n  file: small.pth\n  bytes: null\n"
        f'  sha256: "{digest}"\n  licence: MIT\n  architecture: {{channels: [4, 8, 8], size_multiple: 4}}\n'
    )
    fetched.mkdir()
    (fetched / "small.pth").write_bytes(buffer.getvalue())
    loaded = load_secondary("small-secondary", catalogue=catalogue)
    assert loaded.digest == digest
    assert all(torch.equal(value, state[key].float()) for key, value in loaded.network.state_dict().items())
    assert not any(parameter.requires_grad for parameter in loaded.network.parameters())


def test_an_engine_draws_a_frame_through_it(fetched):
    """From a name in a preset to pixels: a secondary model of the user's own, under the embedded denoiser."""
    fetched.mkdir()
    network = SecondaryNetwork((4, 8, 8))
    torch.save(network.state_dict(), fetched / "small.pth")
    digest = hashlib.sha256((fetched / "small.pth").read_bytes()).hexdigest()
    (fetched / "added.yaml").write_text(
        "small-secondary:\n  kind: secondary\n  purpose: For tests.\n  file: small.pth\n  bytes: null\n"
        f'  sha256: "{digest}"\n  licence: MIT\n  architecture: {{channels: [4, 8, 8], size_multiple: 4}}\n'
    )
    engine = Engine("painted-world-128", (), "cpu", 1, secondary_model="small-secondary")
    assert engine_facts(engine)["secondary model"] == f"small-secondary {digest}"
    numbers: dict = dict.fromkeys(STEP_VALUES, (0.0,)) | {"tv_scale": (500.0,)}
    words = {"sampler": "ddim", "guidance_path": "secondary", "thresholding": "static"}
    look = Look(**numbers, **words, steps=2, skip=0.5, cutn_batches=1)
    plan, easel = FramePlan("one", 0, 7, Size(32, 64), (), None, look), set_up(engine)

    def drawn(**changes) -> bytes:
        return easel.draw(replace(plan, look=replace(look, **changes)), None).tobytes()

    others = {drawn(guidance_path="unet"), drawn(guidance_path="detached"), drawn(tv_scale=(0.0,))}
    assert len(others) == 3
    assert drawn() not in others
    assert drawn() == drawn()
