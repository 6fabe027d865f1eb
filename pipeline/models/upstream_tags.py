"""A name `architecture/pretrained` that stands in no catalogue -> an entry, by open_clip's own table of weights.

The table is part of open_clip, which imports torch; so it is asked only for names that need it. It gives an address and
no digest: such weights are used once the user has typed one.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import ModelError
from .architectures import clip_architecture
from .entry import Entry

HUB = "https://huggingface.co"


def entry_of_tag(name: str, *, folder: Path) -> Entry:
    """Return the entry that open_clip's table of weights gives for `architecture/pretrained`.

    Raises: ModelError for a tag it does not know, or an architecture this program does not build.
    """
    from .upstream import import_open_clip

    architecture, _, tag = name.partition("/")
    pretrained: Any = import_open_clip().pretrained
    told = pretrained.get_pretrained_cfg(architecture, tag)
    if not told:
        tags = pretrained.list_pretrained_tags_by_model(architecture)
        near = get_close_matches(tag, tags, n=3) or tags[:6]
        do = f"use one of {', '.join(near)}" if near else "use another architecture"
        raise ModelError(f"{name}: open_clip knows no weights {tag!r} for {architecture}; {do}")
    shape = clip_architecture(
        architecture,
        quick_gelu=told.get("quick_gelu") or None,
        where=name,
        mean=tuple(told["mean"]),
        std=tuple(told["std"]),
    )
    address = told.get("url") or _hub_address(told.get("hf_hub", ""))
    suffix = PurePosixPath(address).suffix or ".safetensors"
    file = name.replace("/", "--") + suffix
    return Entry(
        name=name,
        kind="clip",
        purpose=f"open_clip's {architecture} with the weights {tag}.",
        file=file,
        bytes=None,
        sha256=None,
        licence="unknown",
        architecture=shape,
        path=folder / file,
        mirrors=(address,) if address else (),
        source=f"{told.get('hf_hub', '')} on Hugging Face" if told.get("hf_hub") else "",
        shipped=False,
    )


def _hub_address(place: str) -> str:
    """Return the address of the weights a place on the hub names: `owner/model/` and perhaps a file."""
    if not place:
        return ""
    repository, _, file = place.rpartition("/")
    return f"{HUB}/{repository}/resolve/main/{file or 'open_clip_model.safetensors'}"
