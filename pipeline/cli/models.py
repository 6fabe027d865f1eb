"""Commands about the models there are."""

from __future__ import annotations

import json
from dataclasses import asdict

from .options import AsJson


def models_list(as_json: AsJson = False) -> None:
    """Say of every model what it is for, its size and digest, and whether it is there and whole."""
    from ..models import list_models

    found = list_models()
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        size = "-" if one.bytes is None else f"{one.bytes / 1e6:.1f} MB"
        print(f"{one.name:<20} {one.kind:<10} {one.state:<8} {size:>8}  sha256 {str(one.sha256)[:12]}  {one.licence}")
        print(f"{'':<20} {one.purpose}")
        if one.fault:
            print(f"{'':<20} {one.fault}")
