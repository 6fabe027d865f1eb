"""`python -m pipeline.bench NAME`: run one benchmark and print its table, or JSON; without a name, all cheap ones."""

from __future__ import annotations

import argparse
import json
from types import ModuleType

from . import (
    animatic,
    check,
    curves,
    drift,
    estimate,
    film,
    follow,
    listen,
    peers,
    samplers,
    scaling,
    space,
    step,
    store,
)

BENCHMARKS: dict[str, ModuleType] = {
    "step": step,
    "curves": curves,
    "check": check,
    "animatic": animatic,
    "samplers": samplers,
    "drift": drift,
    "follow": follow,
    "listen": listen,
    "space": space,
    "store": store,
    "peers": peers,
    "estimate": estimate,
    "film": film,
    "scaling": scaling,
}
CHEAP = ("step", "curves", "check", "animatic", "store")  # what `make bench` runs


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    names = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in BENCHMARKS.items():
        one = names.add_parser(name, description=module.__doc__)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        module.add_options(one)
    options = parser.parse_args()
    chosen = [options.name] if options.name else CHEAP
    for name in chosen:
        given = options if options.name else parser.parse_args([name])
        found = BENCHMARKS[name].run(given)
        if options.json:
            print(json.dumps(found))
            continue
        print(f"python -m pipeline.bench {found['command']}   ({found['machine']})")
        print("\n".join(BENCHMARKS[name].table(found)))


if __name__ == "__main__":
    main()
