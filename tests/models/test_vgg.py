"""LPIPS, with a narrow network in the very layout of the real one and of the package's files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pipeline.errors import ModelError
from pipeline.models import load_lpips
from pipeline.sample.likeness import lpips_distance

CUTS = (4, 9, 16, 23, 30)  # where LPIPS listens, after these many layers of VGG16
PACKAGE = """\
import torch
from torch import nn

CUTS = (0, 4, 9, 16, 23, 30)

class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.model = nn.Sequential(nn.Dropout(), nn.Conv2d(width, 1, 1, bias=False))

class Trunk(nn.Module):
    def __init__(self):
        super().__init__()
        for n in range(5):
            part = nn.Sequential()
            for place in range(CUTS[n], CUTS[n + 1]):
                part.add_module(str(place), nn.Identity())
            setattr(self, f"slice{n + 1}", part)

    def forward(self, x):
        found = []
        for n in range(5):
            x = getattr(self, f"slice{n + 1}")(x)
            found.append(x)
        return found

class Scaling(nn.Module):
    def forward(self, x):
        return (x + 0.1) / 0.45

class LPIPS(nn.Module):
    def __init__(self, net, pretrained, pnet_rand, verbose):
        super().__init__()
        assert (net, pretrained, pnet_rand, verbose) == ("vgg", False, True, False)
        self.scaling_layer, self.net = Scaling(), Trunk()
        for n in range(5):
            setattr(self, f"lin{n}", Layer(4))
        self.lins = [getattr(self, f"lin{n}") for n in range(5)]

    def forward(self, a, b):
        total = 0
        for layer, x, y in zip(self.lins, self.net(self.scaling_layer(a)), self.net(self.scaling_layer(b))):
            x, y = (z / (z.square().sum(1, keepdim=True).sqrt() + 1e-10) for z in (x, y))
            total = total + layer.model((x - y) ** 2).mean((2, 3), keepdim=True)
        return total
"""


def narrow_vgg(architecture: object = None) -> nn.Module:
    """Return layers in the order of VGG16's features, four channels wide, and a classifier nobody needs."""
    kinds = "crcrp" * 2 + "crcrcrp" * 3  # convolution, relu, pooling
    layers: list[nn.Module] = []
    for kind in kinds:
        width = 3 if not layers else 4
        made = {"c": nn.Conv2d(width, 4, 3, padding=1), "r": nn.ReLU(inplace=True), "p": nn.MaxPool2d(2)}
        layers.append(made[kind])
    return nn.ModuleDict({"features": nn.Sequential(*layers), "classifier": nn.Linear(4, 3)})


@pytest.fixture
def installed(tmp_path: Path, fetched: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Put a package `lpips` and a VGG in their places, and return a function that loads them."""
    generator = torch.Generator().manual_seed(1)

    def numbers(state: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: torch.rand(value.shape, generator=generator) - 0.3 for name, value in state.items()}

    weights = tmp_path / "site" / "lpips" / "weights" / "v0.1" / "vgg.pth"
    weights.parent.mkdir(parents=True)
    (tmp_path / "site" / "lpips" / "__init__.py").write_text(PACKAGE)
    torch.save({f"lin{n}.model.1.weight": torch.rand(1, 4, 1, 1, generator=generator) for n in range(5)}, weights)
    fetched.mkdir()
    torch.save(numbers(narrow_vgg().state_dict()), fetched / "vgg.pth")
    catalogue = tmp_path / "catalogue" / "catalogue.yaml"
    catalogue.parent.mkdir()
    catalogue.write_text(
        "other: {kind: vgg, purpose: p, file: f.pth, bytes: null, sha256: null, licence: l, "
        "architecture: {n_classes: 3}}\n"
    )
    digest = sha256((fetched / "vgg.pth").read_bytes()).hexdigest()
    catalogue.with_name("checkpoints.yaml").write_text(
        f"vgg16:\n  kind: vgg\n  purpose: A test.\n  file: vgg.pth\n  bytes: null\n  sha256: '{digest}'\n"
        "  licence: MIT\n  mirrors: ['https://example.org/vgg.pth']\n  architecture: {n_classes: 3}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "lpips", raising=False)
    monkeypatch.setattr("pipeline.models.vgg.build_vgg", narrow_vgg)
    monkeypatch.setattr("pipeline.models.vgg.LAYERS_SHA256", sha256(weights.read_bytes()).hexdigest())
    yield lambda: load_lpips(catalogue=catalogue)
    sys.modules.pop("lpips", None)


def pictures() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    return tuple(torch.rand(1, 3, 32, 48, generator=generator) * 2 - 1 for _ in range(2))  # type: ignore[return-value]


def test_the_weights_get_to_their_places(installed, fetched: Path) -> None:
    network = installed()
    saved = torch.load(fetched / "vgg.pth", weights_only=True)
    for name, value in saved.items():
        _, place, what = name.rsplit(".", 2) if name.startswith("features") else ("", "", "")
        if place and int(place) < CUTS[-1]:
            part = next(n for n, cut in enumerate(CUTS, 1) if int(place) < cut)
            assert torch.equal(
                getattr(getattr(network.net, f"slice{part}")[int(place) - [0, *CUTS][part - 1]], what), value
            )
    assert not any(parameter.requires_grad or parameter.is_meta for parameter in network.parameters())


def test_the_distance_is_the_packages_own_with_half_of_the_work_kept(installed) -> None:
    network, (one, other) = installed(), pictures()
    distance = lpips_distance(one, network)
    assert distance(one).item() == pytest.approx(0, abs=1e-6)
    assert distance(other).item() == pytest.approx(network(other, one).item(), rel=1e-4)
    assert distance(other).item() > 0.01
    calls = []
    network.net.register_forward_hook(lambda *_: calls.append(1))
    distance(other), distance(other)
    assert len(calls) == 2


def test_another_file_than_the_pinned_one_is_refused(installed, tmp_path: Path, fetched: Path) -> None:
    with (fetched / "vgg.pth").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=r"vgg.pth: sha256 is .* the catalogue says"):
        installed()
    (fetched / "vgg.pth").unlink()
    with pytest.raises(ModelError, match=r"the weights of 'vgg16' are not there .*pipeline models fetch vgg16"):
        installed()
    weights = tmp_path / "site" / "lpips" / "weights" / "v0.1" / "vgg.pth"
    weights.write_bytes(weights.read_bytes() + b"x")
    with pytest.raises(ModelError, match=r"v0.1/vgg.pth: sha256 is "):
        installed()


def test_without_the_package_there_is_no_lpips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.vgg.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="lpips: the package is not installed; run pip install lpips, or write"):
        load_lpips()


def test_the_catalogue_has_vgg16_as_torchvision_publishes_it() -> None:
    from pipeline.models import VGG, find
    from pipeline.models.vgg import build_vgg

    entry = find(VGG)
    with torch.device("meta"):
        network = build_vgg(entry.architecture)
    assert sum(value.numel() for value in network.state_dict().values()) == 138_357_544
    assert [type(layer).__name__[0] for layer in network.features] == [
        {"c": "C", "r": "R", "p": "M"}[kind] for kind in "crcrp" * 2 + "crcrcrp" * 3
    ]


def test_a_film_compared_by_lpips_wants_its_weights_before_anything_is_loaded(film_of, tiny_text, tmp_path) -> None:
    from dataclasses import replace

    from pipeline.render import set_up_for
    from pipeline.types import Init

    film = film_of(tiny_text)
    (shot,) = film.shots
    pulled = replace(shot.plans[1], init=Init(scale=(5.0,), distance="lpips"))
    film = replace(film, shots=(replace(shot, plans=(shot.plans[0], pulled)),))
    with pytest.raises(ModelError, match=r"vgg16-397923af.pth: the weights of 'vgg16' are not there"):
        set_up_for(film)
