"""What is proposed for a budget fits into it, is the least change of its kind, and is ready to paste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pipeline.forecast import Budget, Outlook
from pipeline.forecast.outlook import all_plans


def fake_outlook(film) -> Outlook:
    """One second for each step of a denoised frame in a picture of 320 x 192, in proportion to its pixels."""
    steps = sum(plan.look.steps for plan in all_plans(film) if plan.between is None)
    seconds = steps * film.size.width * film.size.height / (320 * 192)
    return Outlook(film.n_frames, film.n_frames, steps, film.size, {"load": 0.0, "denoise": seconds}, 1, 1, 1.0)


@pytest.fixture
def ask(film_of, tiny_text: str):
    """Return a function that asks for a budget of so many seconds, for 12 frames of 20 steps in 320 x 192: 240 s."""
    looks: list[tuple[str, ...]] = []

    def read(more: Sequence[str]):
        looks.append(tuple(more))
        return film_of(tiny_text, overrides=["frames=12", "size=320x192", "look.steps=20", *more])

    def asked(seconds: float):
        looks.clear()
        budget = Budget(seconds, read, SimpleNamespace(outlook=fake_outlook))  # type: ignore[arg-type]
        found, nearest = budget.proposals(read(()))
        return [(" ".join(one.settings), one.outlook.seconds) for one in found], nearest

    return asked


def test_a_film_that_fits_needs_no_change(ask) -> None:
    assert ask(240) == ([], None)


def test_the_least_change_of_each_kind_is_proposed(ask) -> None:
    found, nearest = ask(200)
    assert nearest is None
    assert found == [
        ("look.steps=16", 192.0),
        ("look.cadence=2", 140.0),  # frames 0, 2, 3 where a prompt begins, 5, 7, 9 and the last
        ("size=288x160", 180.0),
    ]


def test_several_things_change_where_one_is_not_enough(ask) -> None:
    found, nearest = ask(30)
    assert nearest is None
    ((settings, seconds),) = found
    assert settings.startswith("look.steps=12 look.cadence=")
    assert seconds <= 30


def test_what_cannot_fit_is_told_with_what_is_nearest(ask) -> None:
    found, nearest = ask(0.5)
    assert found == []
    assert nearest is not None
    assert nearest.settings[:2] == ("look.steps=12", "look.cadence=6")
    assert nearest.settings[2].startswith("size=")


def test_the_command_tells_what_to_add_and_changes_nothing(command, tiny_engine, inside, monkeypatch) -> None:
    from pipeline.forecast import Calibration

    def outlook(self, film) -> Outlook:
        drawn = sum(plan.look.steps for plan in all_plans(film) if plan.between is None)
        return replace(fake_outlook(film), parts={"load": 0.0, "denoise": drawn / 2})

    monkeypatch.setattr(Calibration, "outlook", outlook)
    text = (inside / "tiny.yaml").read_text()
    said = command("estimate", "tiny.yaml", "--set", "look.steps=20", "--budget", "1min").out.splitlines()
    assert said[0] == "tiny: 6 frames of 32x32: about 60 s, 10.00 s a frame; 0 MB of memory"
    assert said[-1] == "fits into 1min as it is"
    said = command("estimate", "tiny.yaml", "--set", "look.steps=20", "--budget", "0.5m").out.splitlines()
    assert said[-3:] == [
        "to fit into 0.5m, add one line of these:",
        "  --set look.steps=10    about 30 s",
        "  --set look.cadence=3   about 30 s",
    ]
    said = command("estimate", "tiny.yaml", "--set", "look.steps=20", "--budget", "5s").out.splitlines()
    assert said[-1] == (
        "nothing that was tried fits into 5s; --set look.steps=12 --set look.cadence=4 is nearest: about 18 s"
    )
    assert (inside / "tiny.yaml").read_text() == text
    for budget in ("2", "h", "0h", "-1h", "1e9h", "nanh"):
        answer = command("estimate", "tiny.yaml", "--budget", budget)
        assert (answer.code, f"--budget {budget}: is no length of time" in answer.err) == (2, True)


@pytest.fixture
def inside(tmp_path, tiny_text: str, monkeypatch: pytest.MonkeyPatch):
    """Stand in a folder with the tiny film."""
    (tmp_path / "tiny.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    return tmp_path
