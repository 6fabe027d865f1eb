"""The command that writes a keyframe file to begin with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from ..starters import KINDS, starter
from .options import known_word


def new(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="The film's name, or where its file shall lie.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"What it begins with: {', '.join(KINDS)}.")] = "2d",
    music: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A song to follow, for --kind music; without it beats are counted."),
    ] = None,
) -> None:
    """Write a short commented keyframe file to begin with, which can be seen and rendered as it stands."""
    known_word("--kind", kind, KINDS)
    target = name if name.suffix in (".yaml", ".yml") else name.with_name(name.name + ".yaml")
    if music is not None and kind != "music":
        raise UsageError(f"--music {music}: is for --kind music; write that too")
    if music is not None and not music.is_file():
        raise UsageError(f"--music {music}: there is no such file; check the path")
    song = "" if music is None else os.path.relpath(music.resolve(), target.parent.resolve())
    title, shown = (
        "".join(char if char.isprintable() else " " for char in text) for text in (target.stem, str(target))
    )
    quoted = [json.dumps(text, ensure_ascii=False) if text else "" for text in (title.strip()[:100], song)]
    text = starter(kind, shown, quoted[0], quoted[1])
    if target.exists():
        raise UsageError(f"{target}: is there already; choose another name")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{target}: cannot be written ({reason})") from None
    print(f"{target}: a film to begin with; next: pipeline animatic {target}")
