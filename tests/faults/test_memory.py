"""The whole program with less memory than it needs: it says so, keeps its frames, and goes on once there is more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY
from tests.faults.renders import Zygote, digests

FILM = (
    TINY.replace("size: 32x32", "size: 96x128").replace("frames: 6", "frames: 2").replace("  3: snow on a hill\n", "")
)
SAID = r"out of memory|annot allocate memory"


@pytest.fixture
def cold() -> Iterator[Zygote]:
    """A process whose renders take the memory of a first render too, most of which is asked for outside of torch.

    Where nothing is short before the gradient is, torch itself can crash on an allocation that it is refused.
    """
    process = Zygote(warm=False)
    yield process
    process.close()


@pytest.mark.goal("R11")
def test_a_limit_on_memory_is_said_and_costs_no_frame(
    cold: Zygote, tmp_path: Path, n_trials: Callable, tried: Callable
) -> None:
    """The limit is the system's own, from far too little to enough; ffmpeg, which has it too, may be who meets it."""
    (tmp_path / "film.yaml").write_text(FILM)

    def render(out: str, **options: int) -> tuple[int, str]:
        run = cold.start("render", "film.yaml", "--out", out, "--set", "threads=1", cwd=tmp_path, **options)
        return run.wait(), run.err.read_text()

    assert render("undisturbed")[0] == 0
    wanted, codes = digests(tmp_path / "undisturbed"), []
    n_limits = n_trials(4, 12, 100)
    for number, memory in enumerate(np.geomspace(2e6, 200e6, n_limits)):
        out = f"trial-{number}"
        code, said = render(out, memory=int(memory))
        assert code in (0, 4, 5, 7), said
        assert "Traceback" not in said
        assert code == 0 or re.search(SAID, said), said
        assert digests(tmp_path / out).items() <= wanted.items()
        assert render(out)[0] == 0
        assert digests(tmp_path / out) == wanted
        codes.append(code)
    tried(n_limits)
    assert 5 in codes
