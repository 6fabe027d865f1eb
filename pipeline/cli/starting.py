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
    source: Annotated[
        Path | None, typer.Option(metavar="CLIP", help="The video to paint over, which --kind video needs.")
    ] = None,
) -> None:
    """Write a short commented keyframe file to begin with, which can be seen and rendered as it stands."""
    known_word("--kind", kind, KINDS)
    target = name if name.suffix in (".yaml", ".yml") else name.with_name(name.name + ".yaml")
    if kind == "video" and source is None:
        raise UsageError("--kind video: paints over a video; write --source CLIP too")
    song = _named_from(target, "--music", music, kind, "music")
    clip = _named_from(target, "--source", source, kind, "video")
    title, shown = (
        "".join(char if char.isprintable() else " " for char in text) for text in (target.stem, str(target))
    )
    quoted = [json.dumps(text, ensure_ascii=False) if text else "" for text in (title.strip()[:100], song, clip)]
    text = starter(kind, shown, *quoted)
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


def _named_from(target: Path, option: str, file: Path | None, kind: str, wanted: str) -> str:
    """Return the path of a file from where the keyframe file will lie, "" for none.

    Raises: UsageError for a kind that does not want it, or a file that is not there.
    """
    if file is None:
        return ""
    if kind != wanted:
        raise UsageError(f"{option} {file}: is for --kind {wanted}; write that too")
    if not file.is_file():
        raise UsageError(f"{option} {file}: there is no such file; check the path")
    return os.path.relpath(file.resolve(), target.parent.resolve())
