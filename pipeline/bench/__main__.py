"""`python -m pipeline.bench NAME`: run one benchmark and print its table, or JSON; without a name, all cheap ones.

With `--save` the result is kept in `benchmarks/`, with a picture and a page over all that is kept there; `report` draws
the pictures and writes the page anew and measures nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import ModuleType

from ..errors import PipelineError
from . import (
    animatic,
    busy,
    check,
    curves,
    drift,
    estimate,
    film,
    follow,
    kept,
    listen,
    peers,
    samplers,
    scaling,
    space,
    step,
    store,
    turns,
)
from .machine import told

FOLDER = Path("benchmarks")
REPORT = "report"
BENCHMARKS: dict[str, ModuleType] = {
    "step": step,
    "curves": curves,
    "check": check,
    "animatic": animatic,
    "samplers": samplers,
    "drift": drift,
    "turns": turns,
    "follow": follow,
    "listen": listen,
    "space": space,
    "store": store,
    "peers": peers,
    "estimate": estimate,
    "film": film,
    "scaling": scaling,
    "busy": busy,
}
CHEAP = ("step", "curves", "check", "animatic", "store")  # what `make bench` runs


def main() -> None:
    """Read the command line, measure, print, and keep what was found where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.bench", description=__doc__)
    names = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in BENCHMARKS.items():
        one = names.add_parser(name, description=module.__doc__)
        _add_options(one, default=argparse.SUPPRESS)
        module.add_options(one)
    names.add_parser(REPORT, description="Draw the pictures and write the page of what is kept; measure nothing.")
    _add_options(parser, default=False)
    options = parser.parse_args()
    try:
        if options.name == REPORT:
            kept.write_anew(FOLDER, BENCHMARKS)
            return
        if options.save:
            kept.read_all(FOLDER, BENCHMARKS)  # what is damaged there shall be told before hours are spent
        for name in [options.name] if options.name else CHEAP:
            measure(name, options if options.name else parser.parse_args([name]), options)
    except PipelineError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(fault.exit_code) from fault


def measure(name: str, given: argparse.Namespace, options: argparse.Namespace) -> None:
    """Run one benchmark as it was `given`, and print and keep what it found as the whole command's options say."""
    found = BENCHMARKS[name].run(given)
    if options.save:
        kept.save(name, found, FOLDER, BENCHMARKS)
    if options.json:
        print(json.dumps(found))
        return
    print(f"python -m pipeline.bench {found['command']}   ({told(found['machine'])})")
    print("\n".join(BENCHMARKS[name].table(found)))


def _add_options(parser: argparse.ArgumentParser, *, default: str | bool) -> None:
    parser.add_argument("--json", action="store_true", default=default, help="print JSON")
    help_text = f"keep the result in {FOLDER}/, with a picture and a page over all results"
    parser.add_argument("--save", action="store_true", default=default, help=help_text)


if __name__ == "__main__":
    main()
