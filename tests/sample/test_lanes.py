"""Work that meets at desks: nobody waits for ever, everybody gets their own answer, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from greenlet import getcurrent
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sample.lanes import Turns, ask, tell


class Doubling:
    """Doubles numbers, and remembers how many it was asked at once; faults once it meets `bad`."""

    comes_first = False

    def __init__(self, most: int, bad: int | None = None) -> None:
        self.most, self.bad, self.calls = most, bad, []

    def answers(self, asked: Sequence[int]) -> list[int]:
        self.calls.append(list(asked))
        if self.bad in asked:
            raise ArithmeticError(f"{self.bad} is bad")
        return [2 * one for one in asked]


class Back(Doubling):
    comes_first = True


def outcomes(turns: Turns) -> tuple[list[object], list[Exception]]:
    """Let all lanes come to their ends; return what they told and gave back, and what they raised."""
    said, faults = [], []
    while True:
        try:
            found = turns.heard()
        except ArithmeticError as fault:
            faults.append(fault)
            continue
        if found is None:
            return said, faults
        said.append(found[1])


def working(number: int, words: Sequence[str], forward: Doubling, back: Doubling) -> Callable[[], tuple[int, int]]:
    """Return work that asks what its words say, and proves that each answer is its own."""

    def work() -> tuple[int, int]:
        for at, word in enumerate(words):
            mode = torch.is_grad_enabled()
            if word == "raise":
                raise ArithmeticError(f"{number} ends")
            if word == "tell":
                tell((number, at))
            else:
                with torch.set_grad_enabled(word == "there and back"):
                    assert ask(forward, 100 * number + at) == 2 * (100 * number + at)
                    assert torch.is_grad_enabled() == (word == "there and back")
                    if word == "there and back":
                        assert ask(back, -number) == -2 * number
            assert torch.is_grad_enabled() == mode
        return number, len(words)

    return work


WORDS = st.sampled_from(["there", "there", "there and back", "there and back", "tell", "raise"])


@settings(max_examples=200, deadline=None)
@given(scripts=st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=5), most=st.integers(1, 4))
def test_every_lane_comes_to_its_end_with_its_own_answers(scripts: list[list[str]], most: int) -> None:
    turns, forward, back = Turns(), Doubling(most), Back(most)
    for number, words in enumerate(scripts):
        turns.begin(working(number, words, forward, back))
    said, faults = outcomes(turns)
    raising = [number for number, words in enumerate(scripts) if "raise" in words]
    heard = [words[: words.index("raise")] if "raise" in words else words for words in scripts]
    assert sorted(str(fault) for fault in faults) == [f"{number} ends" for number in raising]
    told = [(number, at) for number, words in enumerate(heard) for at, word in enumerate(words) if word == "tell"]
    ends = [(number, len(words)) for number, words in enumerate(scripts) if number not in raising]
    assert sorted(said) == sorted(told + ends)
    asked = [100 * n + at for n, words in enumerate(heard) for at, word in enumerate(words) if word.startswith("there")]
    assert sorted(one for call in forward.calls for one in call) == asked
    assert sum(map(len, back.calls)) == sum(words.count("there and back") for words in heard)
    assert all(1 <= len(call) <= most for call in forward.calls + back.calls)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("most", [2, 3])
def test_lanes_that_do_the_same_share_every_call(most: int) -> None:
    turns, forward, back = Turns(), Doubling(most), Back(most)
    for number in range(most):
        turns.begin(working(number, ["there and back", "tell", "there"], forward, back))
    outcomes(turns)
    assert [len(call) for call in forward.calls] == [most, most]
    assert [len(call) for call in back.calls] == [most]


def test_who_needs_no_way_back_waits_for_those_who_do() -> None:
    turns, forward, back = Turns(), Doubling(3), Back(3)
    for number in range(3):
        turns.begin(working(number, ["there and back" if number == 1 else "there", "there"], forward, back))
    outcomes(turns)
    assert [len(call) for call in forward.calls] == [3, 3]
    assert [len(call) for call in back.calls] == [1]


def test_a_fault_of_a_call_is_that_of_all_who_asked() -> None:
    turns, forward, back = Turns(), Doubling(2, bad=100), Back(3)
    for number in range(3):
        turns.begin(working(number, ["there", "there"], forward, back))
    said, faults = outcomes(turns)
    assert [str(fault) for fault in faults] == ["100 is bad", "100 is bad"]
    assert said == [(2, 2)]


def test_alone_nobody_is_waited_for() -> None:
    forward = Doubling(3)
    assert working(0, ["there", "there"], forward, Back(3))() == (0, 2)
    assert forward.calls == [[0], [1]]


def test_what_stops_one_lane_reaches_whoever_runs_it_and_the_rest_can_be_left() -> None:
    left = []

    def work(number: int) -> None:
        try:
            with torch.no_grad():
                ask(desk, number)
                if number == 1:
                    raise KeyboardInterrupt
                tell(number)
        finally:
            left.append(number)

    turns, desk, here = Turns(), Doubling(2), getcurrent()
    for number in range(4):
        turns.begin(lambda number=number: work(number))
    with pytest.raises(KeyboardInterrupt):
        while turns.heard():
            pass
    turns.close()
    assert sorted(left) == [0, 1, 2, 3]
    assert turns.heard() is None
    assert (getcurrent(), torch.is_grad_enabled()) == (here, True)


def test_what_is_not_begun_is_left_too() -> None:
    turns = Turns()
    turns.begin(lambda: pytest.fail("nobody lets it go on"))
    turns.close()
    assert turns.heard() is None
