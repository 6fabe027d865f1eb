"""CLIPs are built with the activation their weights were trained with, whichever name they go by.

Weights run with the other one still load, and guide more weakly without a word: Disco Diffusion did so in five of its
options, and open_clip itself only warns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.errors import ModelError
from pipeline.models import find
from pipeline.models.architectures import clip_architectures
from pipeline.models.catalogue import read_catalogue
from pipeline.models.entry import ClipArchitecture, TextShape, VisionShape
from pipeline.models.networks import build_clip
from pipeline.models.upstream import import_open_clip
from pipeline.models.upstream_tags import entry_of_tag


def trained_with_quick_gelu(architecture: str, tag: str) -> bool | None:
    """Return what open_clip's table of weights says, or None where it does not know them."""
    told: Any = import_open_clip().pretrained.get_pretrained_cfg(architecture, tag)
    return bool(told.get("quick_gelu", False)) if told else None


def test_every_clip_of_the_catalogue_has_the_activation_of_its_training() -> None:
    found = {}
    for name, entry in read_catalogue().items():
        architecture, slash, tag = name.partition("/")
        if entry.kind == "clip" and slash and not architecture.endswith("-gelu"):
            assert isinstance(entry.architecture, ClipArchitecture)
            found[name] = (entry.architecture.quick_gelu, trained_with_quick_gelu(architecture, tag))
    assert len(found) == 22
    assert [name for name, (ours, theirs) in found.items() if ours != theirs] == []
    assert sum(ours for ours, _ in found.values()) == 19


def test_every_other_pair_that_can_be_named_has_it_too() -> None:
    pairs, wrong, n_quick = import_open_clip().pretrained.list_pretrained(), [], 0
    assert len(pairs) > 100
    for architecture, tag in pairs:
        try:
            shape = entry_of_tag(f"{architecture}/{tag}", folder=Path("nowhere")).architecture
        except ModelError:  # of parts this program does not build
            continue
        n_quick += shape.quick_gelu  # type: ignore[union-attr]
        if shape.quick_gelu != trained_with_quick_gelu(architecture, tag):  # type: ignore[union-attr]
            wrong.append(f"{architecture}/{tag}")
    assert wrong == []
    assert n_quick > 30


@pytest.mark.parametrize(
    "name",
    ["ViT-B-32/laion400m_e31", "ViT-B-32/laion400m_e32", "RN50/yfcc15m", "RN50/cc12m", "RN101/yfcc15m"],
)
def test_what_disco_ran_has_a_name_of_its_own(name: str) -> None:
    architecture, _, tag = name.partition("/")
    plain, quick, old = (find(f"{architecture}{end}/{tag}") for end in ("", "-quickgelu", "-gelu"))
    assert plain.architecture == quick.architecture
    assert (plain.architecture.quick_gelu, old.architecture.quick_gelu) == (True, False)  # type: ignore[union-attr]
    assert plain.file == quick.file == old.file
    assert f"{architecture}-gelu" not in clip_architectures()  # the name is ours alone


@pytest.mark.parametrize("layers", [2, (1, 1, 1, 1)], ids=["transformer", "resnet"])
def test_the_activation_reaches_both_towers(layers: int | tuple[int, int, int, int]) -> None:
    """Kinds of modules are counted, and the numbers that come out are other ones."""
    found = {}
    for quick_gelu in (False, True):
        torch.manual_seed(0)
        model = build_clip(
            ClipArchitecture(
                embed_dim=8,
                vision_cfg=VisionShape(layers=layers, width=64, image_size=32, patch_size=8),
                text_cfg=TextShape(context_length=6, vocab_size=49408, width=64, heads=2, layers=3),
                mean=(0.5, 0.5, 0.5),
                std=(0.5, 0.5, 0.5),
                quick_gelu=quick_gelu,
            )
        ).eval()
        kinds = [type(module).__name__ for module in model.modules()]
        n_blocks = 3 + (layers if isinstance(layers, int) else 0)  # a ResNet has none, whatever its activation
        assert (kinds.count("QuickGELU"), kinds.count("GELU")) == ((n_blocks, 0) if quick_gelu else (0, n_blocks))
        with torch.no_grad():
            found[quick_gelu] = model.encode_text(torch.arange(6)[None]), model.encode_image(torch.ones(1, 3, 32, 32))
    (text, picture), (quick_text, quick_picture) = found[False], found[True]
    assert not torch.allclose(text, quick_text)
    assert torch.allclose(picture, quick_picture) == (not isinstance(layers, int))
