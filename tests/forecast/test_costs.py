"""Measurements are kept by the names of their kinds; what lies between two of them is on the line through them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.forecast import Cost, Costs, Demand, StepKind, outlook, place, recall, remember
from pipeline.forecast.costs import ASSEMBLE, ASSEMBLE_FRAME, BEGIN, LOAD, SETTLE, STORE, needs_depth, step_name

KIND = StepKind("unet", ("a", "b"), "", "soft each full")
MORE = StepKind("unet", ("a",), "", "soft each full")


def test_an_evaluation_between_two_measured_ones_lies_on_their_line() -> None:
    known = {step_name(KIND, 4): Cost(1.0, 100), step_name(KIND, 12): Cost(3.0, 300), step_name(MORE, 40): Cost(9.0)}
    costs = Costs(known)
    assert costs.of_step(KIND, 4) == Cost(1.0, 100)
    assert costs.of_step(KIND, 6) == Cost(1.5, 300)  # memory: never less than is held
    assert costs.of_step(KIND, 3) is None
    assert costs.of_step(KIND, 13) is None
    asked = Demand(steps={KIND: Counter({6: 1, 16: 2}), MORE: Counter({40: 1})})
    assert [*costs.missing_steps(asked)] == [(KIND, 16)]


def test_what_is_missing_is_named() -> None:
    asked = Demand(steps={KIND: Counter({4: 1})}, ways=Counter({"carry|space splat model reflect|1": 2}), n_drawn=1)
    assert needs_depth(asked)
    assert not needs_depth(Demand(ways=Counter({"carry|plane reflect|1": 2, "carry|space splat plane wrap|1": 1})))
    missing = Costs({STORE: Cost(1)}).missing(asked)
    assert missing == [
        *("step|unet|a+b||soft each full|4", ASSEMBLE, ASSEMBLE_FRAME, LOAD, SETTLE, BEGIN, "load depth"),
        "carry|space splat model reflect|1",
    ]
    assert Costs().missing(Demand(n_frames=1)) == [STORE, ASSEMBLE, ASSEMBLE_FRAME]  # nothing has to be drawn


def test_measurements_are_kept_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "one.json"
    assert recall(path) == Costs()
    costs = Costs({LOAD: Cost(1.25, 0, 77), "carry|x": Cost(0.5, 3)}, 1.7e9)
    remember(path, costs)
    assert recall(path) == costs
    assert [one.name for one in path.parent.iterdir()] == ["one.json"]


GOOD = {"measured": 1.0, "known": {"load": {"seconds": 1, "peak_bytes": 0, "parameters": 0}}}
BAD = [
    b"",
    b"[]",
    b"\xff{}",
    b"[" * 100_000,
    json.dumps({**GOOD, "measured": "soon"}).encode(),
    json.dumps({**GOOD, "known": [1]}).encode(),
    json.dumps({**GOOD, "known": {"load": {"seconds": -1, "peak_bytes": 0, "parameters": 0}}}).encode(),
    json.dumps({**GOOD, "known": {"load": {"seconds": float("nan"), "peak_bytes": 0, "parameters": 0}}}).encode(),
    json.dumps({**GOOD, "known": {"load": {"seconds": 1, "peak_bytes": 1e999, "parameters": 0}}}).encode(),
]


@pytest.mark.parametrize("content", BAD, ids=range(len(BAD)))
def test_a_cache_that_cannot_be_read_counts_as_empty(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(GOOD))
    assert recall(path).known
    path.write_bytes(content)
    assert recall(path) == Costs()


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    remember(tmp_path / "file" / "one.json", Costs({LOAD: Cost(1)}, 1.0))


def test_each_engine_size_and_format_has_a_place_of_its_own(film_of, tiny_text: str) -> None:
    film = film_of()
    places = [
        place(film, {"torch": "1"}),
        place(film, {"torch": "2"}),
        place(film_of(tiny_text, overrides=["size=64x32"]), {"torch": "1"}),
        place(film_of(tiny_text, overrides=["film.codec=vp9"]), {"torch": "1"}),
    ]
    assert len({*places}) == 4
    assert place(film_of(tiny_text, overrides=["look.steps=9", "seed=8"]), {"torch": "1"}) == places[0]


def test_an_outlook_is_what_is_asked_for_times_what_it_costs(film_of) -> None:
    film = film_of()  # six frames, of four steps and then of two each; 2 cuts
    kind = StepKind("unet", film.engine.clip_models, "", "soft each full")
    plans = film.shots[0].plans
    from pipeline.forecast import way_of

    known = {
        LOAD: Cost(3.0, 0, 50),
        SETTLE: Cost(0.5),
        BEGIN: Cost(0.25),
        STORE: Cost(0.125),
        ASSEMBLE: Cost(2.0),
        ASSEMBLE_FRAME: Cost(0.0625),
        step_name(kind, 2): Cost(0.75, 900),
        way_of(plans[1]): Cost(0.5),
    }
    found = outlook(film, Costs(known, 7.0))
    assert found is not None
    assert found.parts == {
        "load": 3.5,
        "denoise": 14 * 0.75,
        "begin": 6 * 0.25,
        "move": 5 * 0.5,
        "store": 6 * 0.125,
        "assemble": 2 + 6 * 0.0625,
    }
    assert (found.n_evaluations, found.peak_bytes, found.parameters, found.measured) == (14, 900, 50, 7.0)
    assert found.seconds == 21.125
    assert found.per_frame == pytest.approx((21.125 - 3.5) / 6)
    some = outlook(film, Costs(known, 7.0), plans[4:])
    assert some is not None
    assert (some.n_frames, some.parts["denoise"], some.parts["assemble"]) == (2, 3.0, 2.375)
    del known[STORE]
    assert outlook(film, Costs(known)) is None
