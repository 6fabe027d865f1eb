"""A film is enlarged by a network of the catalogue: named in its record or to `assemble`, and again by another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipeline.assemble import Wishes, assemble
from pipeline.errors import ModelError
from pipeline.models.enlarging import EnlargingNetwork
from pipeline.store import write_film_record
from pipeline.types import Film, FilmFormat

Add = Callable[[str, float], Path]


@pytest.fixture
def add(fetched: Path) -> Add:
    """Add a network that makes pictures four times as large, and so much brighter."""
    fetched.mkdir()
    (fetched / "added.yaml").write_text("# Models added for tests.\n")

    def put(name: str, brighter: float) -> Path:
        network, path = EnlargingNetwork(4, 1, 4), fetched / f"{name}.safetensors"
        with torch.no_grad():
            for weight in network.parameters():
                weight.zero_()
            network.body[-1].bias.fill_(brighter)
        save_file(network.state_dict(), path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with (fetched / "added.yaml").open("a") as file:
            file.write(
                f"{name}:\n  kind: upscaler\n  purpose: For tests.\n  file: {path.name}\n  bytes: null\n"
                f'  sha256: "{digest}"\n  licence: MIT\n'
                "  architecture: {features: 4, convolutions: 1, times: 4}\n"
            )
        return path

    return put


@pytest.mark.parametrize("times", [2, 4])
def test_a_record_names_what_enlarges(
    folder: Path, film: Film, decoded: Callable[[Path], list[np.ndarray]], add: Add, times: int
) -> None:
    add("brighter", 20 / 255)
    frames = sorted(folder.rglob("*.png"))
    before = [path.read_bytes() for path in frames]
    format = FilmFormat(6, 1, upscale=times, upscaler="brighter")
    write_film_record(folder, replace(film, format=format))
    found = decoded(assemble(folder))
    assert [one.shape for one in found] == [(32 * times, 48 * times, 3)] * 5
    assert [round(float(one.mean())) for one in found] == pytest.approx([40, 80, 120, 160, 200], abs=1)
    assert [path.read_bytes() for path in frames] == before and before


def test_another_network_makes_another_film(folder: Path, add: Add) -> None:
    """As with a path: assembling asks nobody what the film was made with before."""
    for name, brighter in (("first", 0.0), ("second", 0.2)):
        add(name, brighter)
    films = [
        assemble(folder, wishes=Wishes(upscale=4, upscaler=name)).read_bytes() for name in ("first", "second", "first")
    ]
    assert films[0] == films[2] != films[1]


def test_weights_that_were_changed_are_refused_and_the_film_stays(folder: Path, film: Film, add: Add) -> None:
    path = add("brighter", 0.1)
    write_film_record(folder, replace(film, format=FilmFormat(6, 1, upscale=4, upscaler="brighter")))
    whole = assemble(folder)
    before, content = whole.read_bytes(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"brighter\.safetensors: sha256 is .*, the catalogue says"):
        assemble(folder)
    assert whole.read_bytes() == before


def test_both_eyes_are_enlarged(
    folder: Path, film: Film, add: Add, decoded: Callable[[Path], list[np.ndarray]]
) -> None:
    add("brighter", 20 / 255)
    format = FilmFormat(6, 1, upscale=2, upscaler="brighter", stereo="side-by-side")
    write_film_record(folder, replace(film, format=format))
    found = decoded(assemble(folder, pairs=lambda directory, record: lambda shot, index, pixels: (pixels, pixels + 10)))
    assert found[0].shape == (64, 192, 3)
    assert found[0][:, :90].mean() == pytest.approx(40, abs=1) and found[0][:, -90:].mean() == pytest.approx(50, abs=1)
