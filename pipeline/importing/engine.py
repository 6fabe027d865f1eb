"""The preset that an imported film needs: one of those that are there, or a copy of one that names other models.

A keyframe file cannot say which models draw, a preset can; so the import writes one beside the film where no known
preset has these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..schedule import preset
from ..types import Mark

BASE = "imagenet-512"


@dataclass(frozen=True, slots=True)
class Models:
    """The models that drew a film, by our names; `secondary` is "" where none was used."""

    diffusion: str
    clips: tuple[str, ...]
    secondary: str = ""


def known_preset(models: Models, names: tuple[str, ...] = (BASE, "pixel-art")) -> str | None:
    """Return the name of a preset with these very models."""
    for name in names:
        engine = preset.check(preset.read_tree(_file(name))).engine
        if Models(engine.diffusion_model, engine.clip_models, engine.secondary_model) == models:
            return name
    return None


def preset_text(models: Models, name: str, origin: str) -> str:
    """Return a preset with these models, and everything else as in the one for the large model."""
    text = _file(BASE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    head = [
        f"# The models that {origin} was drawn with; everything else is as in {BASE}.",
        "# Needs a graphics card and `pipeline models fetch` of each model named below.",
    ]
    found = "\n".join([*head, *lines]) + "\n"
    said = {
        "preset": name,
        "  diffusion": models.diffusion,
        "  clip": f"[{', '.join(models.clips)}]",
        "  secondary": models.secondary or preset.NO_MODEL,
    }
    for key, value in said.items():
        line = f"{key}: {value}".replace("\\", "")
        found, n_found = re.subn(rf"(?m)^{key}: .*$", line, found)
        assert n_found == 1, f"{BASE} has one line for {key}"
    return found


def _file(name: str) -> Path:
    return preset.find(name, Mark("preset", 1, 1), Path())
