"""No key of Deforum's is forgotten: each has a verdict where it sleeps, and the right one where it acts."""

from __future__ import annotations

import pytest

from tests.importing.deforum_keys import ACTIVE, EVERY, OLDER, OLDER_VALUES


def test_there_are_as_many_keys_as_deforum_has() -> None:
    assert len(EVERY) >= 245


@pytest.mark.parametrize("mode", ["2D", "3D", "Interpolation"])
def test_every_key_that_sleeps_has_a_verdict(bring, verdicts, mode: str) -> None:
    said = verdicts(bring(EVERY | {"animation_mode": mode}))
    assert EVERY.keys() - said.keys() == set()
    assert {key for key, verdict in said.items() if verdict == "unsupported"} == set()


@pytest.mark.parametrize("key", ACTIVE)
def test_every_key_that_acts_has_the_right_verdict(bring, verdicts, key: str) -> None:
    changes, wanted = ACTIVE[key]
    said = verdicts(bring(EVERY | changes))
    assert said[key] == wanted
    assert EVERY.keys() - said.keys() == set()


def test_older_names_and_values(bring, verdicts) -> None:
    old = {key: value for key, value in EVERY.items() if key not in OLDER.values()} | OLDER_VALUES
    old |= {before: EVERY[now] for before, now in OLDER.items()}
    said = verdicts(bring(old))
    assert {*OLDER.values(), *OLDER_VALUES} - said.keys() == set()
    assert {key for key, verdict in said.items() if verdict == "unsupported"} == set()
