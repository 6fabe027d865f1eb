"""A process that has imported everything and forks for each render, since starting Python and torch takes seconds.

Reads one JSON order a line and answers in one: `start` forks a child that runs the real command line in a session of
its own and answers its process id; `signal` sends it one; `wait` answers its exit code, or null while it lives. The
child says on a pipe file which phase it enters, so that a test can strike there; `memory` is how many bytes it may
take besides those it begins with. The engine is the tiny one of the other tests, or the embedded.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

PHASES = {
    "schedule": ("pipeline.cli.films", "study_film"),
    "load": ("pipeline.render", "set_up_for"),
    "sample": ("pipeline.render", "draw_frame"),
    "commit": ("pipeline.store.frames", "commit"),
    "assemble": ("pipeline.render", "assemble"),
}


def announced(name: str, inner: Callable[..., Any], pipe: int) -> Callable[..., Any]:
    """Return a function that says on the pipe that it is entered."""

    def outer(*args: Any, **named: Any) -> Any:
        os.write(pipe, f"{name}\n".encode())
        return inner(*args, **named)

    return outer


@cache
def tiny_easel() -> Any:
    """Return tiny seeded networks in place of models that are loaded."""
    from pipeline.sample.denoiser import UnetDenoiser
    from pipeline.sample.easel import Easel
    from tests.conftest import ToyPerceptor, unet

    denoiser = UnetDenoiser(unet(unshuffle=2), predicts="x0", unshuffle=2)
    return Easel(denoiser, (ToyPerceptor(8, seed=8),), "cosine", "cpu")


def use_tiny_engine() -> None:
    """Put the tiny easel where models are loaded."""
    easels: Any = import_module("pipeline.sample.easel")
    easels.set_up = lambda engine, pictures=(): tiny_easel()
    import_module("pipeline.render").engine_facts = lambda engine: {"engine": "tiny"}  # type: ignore[attr-defined]


def warm_up() -> None:
    """Render once, for what is imported, built and filled on first use: half of all that a small render takes."""
    import typer.main

    from pipeline import load
    from tests.conftest import TINY, command_tree

    places: Any = import_module("pipeline.sample.easel"), import_module("pipeline.render")
    real = places[0].set_up, places[1].engine_facts
    use_tiny_engine()
    with TemporaryDirectory() as folder:
        path = Path(folder, "film.yaml")
        path.write_text(TINY.replace("frames: 6", "frames: 2"), encoding="utf-8")
        places[1].render(load(path), Path(folder, "out"))
    places[0].set_up, places[1].engine_facts = real
    typer.main.get_command = command_tree
    command_tree(import_module("pipeline.cli.commands").app)


def run(order: dict[str, Any]) -> NoReturn:
    """Be the child: the command line, with what it says in files."""
    os.setsid()
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
    os.environ.update(order.get("env", {}))
    os.chdir(order["cwd"])
    if "memory" in order:
        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + order["memory"],) * 2)
    if order.get("announce"):
        pipe = os.open(order["announce"], os.O_WRONLY)
        for name, (module, attribute) in PHASES.items():
            place = import_module(module)
            setattr(place, attribute, announced(name, getattr(place, attribute), pipe))
    if order.get("engine", "tiny") == "tiny":
        use_tiny_engine()
    sys.argv = ["pipeline", *order["arguments"]]
    from pipeline.cli import main

    code = 99
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    finally:
        sys.stdout.flush()
        os._exit(code)
    raise AssertionError


def wait(pid: int, seconds: float) -> int | None:
    """Return how a child ended, as `os.waitstatus_to_exitcode` does."""
    handle = os.pidfd_open(pid)
    try:
        select.select([handle], [], [], seconds)
    finally:
        os.close(handle)
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def serve(*, warm: bool) -> None:
    """Import everything, and where it is to be warm render once, then answer orders until the pipe closes."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1"}
    import cv2
    import torch

    for name in (
        "account",
        "cli",
        "forecast.outlook",
        "models.contexts",
        "render",
        "preview",
        "assemble.film",
        "warp.planar",
        "condition",
        "sample.easel",
        "sample.noise",
    ):
        import_module(f"pipeline.{name}")
    for name in ("rich.progress", "imageio_ffmpeg", "torch.fx.experimental.symbolic_shapes"):  # on first use, a second
        import_module(name)

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if warm:
        warm_up()
        gc.freeze()  # what is there now is shared with every child, and no collection touches it
    else:
        tiny_easel()
    print(json.dumps({"ready": Path.cwd().name}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            child = os.fork()
            if child == 0:
                run(order)
            answer: Any = child
        elif order["do"] == "signal":  # by the parent, to whom the child's number cannot be somebody else's
            os.kill(order["pid"], order["number"])
            answer = True
        else:
            answer = wait(order["pid"], order["seconds"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(warm="cold" not in sys.argv)
