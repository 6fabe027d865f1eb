"""Named numbers: a name is all that matters, and the numbers behind a name never change."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sample.noise import NoiseName, name_of, named_noise, named_uniform, noise_of
from pipeline.types import Film

PRESET = Path(__file__).parents[1] / "schedule" / "plain.yaml"
PINNED_NORMAL = [2.8779456615448, 1.1254546642303467, 1.4479321241378784]
PINNED_UNIFORM = [0.2538120150566101, 0.5875617861747742, 0.6389058828353882]
NAME = {"seed": 3, "frame": 12, "purpose": "eta", "step": 4}


def test_the_numbers_behind_a_name_are_pinned():
    assert named_noise((3,), **NAME).tolist() == PINNED_NORMAL
    assert named_uniform((3,), **NAME).tolist() == PINNED_UNIFORM


def test_order_and_other_draws_do_not_matter():
    first = named_noise((2, 3), **NAME)
    named_noise((100,), **{**NAME, "step": 5})
    torch.manual_seed(0)
    assert torch.equal(named_noise((2, 3), **NAME), first)


@given(
    a=st.tuples(st.integers(0, 2**63), st.integers(0, 999), st.text(max_size=5), st.integers(0, 99)),
    b=st.tuples(st.integers(0, 2**63), st.integers(0, 999), st.text(max_size=5), st.integers(0, 99)),
)
def test_names_are_told_apart(a, b):
    first, second = (named_uniform((4,), seed=n[0], frame=n[1], purpose=n[2], step=n[3]) for n in (a, b))
    assert torch.equal(first, second) == (a == b)


def test_digits_do_not_flow_from_one_part_of_the_name_to_the_next():
    one = named_noise((4,), seed=1, frame=11, purpose="x", step=0)
    other = named_noise((4,), seed=11, frame=1, purpose="x", step=0)
    assert not torch.equal(one, other)


def test_noise_is_standard_normal_and_uniform_is_uniform():
    normal, uniform = named_noise((200_000,), **NAME).double(), named_uniform((200_000,), **NAME).double()
    assert abs(normal.mean()) < 0.01
    assert abs(normal.std() - 1) < 0.01
    assert abs((normal.abs() < 1).double().mean() - math.erf(1 / math.sqrt(2))) < 0.01
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert (normal.dtype, named_noise((1,), **NAME).dtype) == (torch.float64, torch.float32)


def names(film_of: Callable[..., Film], look: str) -> list[NoiseName]:
    (shot,) = film_of(f"preset: {PRESET}\nframes: 7\nseed: 10\nprompts: a\nlook: {{{look}}}\n").shots
    return [name_of(plan) for plan in shot.plans]


def test_seeds_behave_as_deforums(film_of):
    assert names(film_of, "steps: 4") == [NoiseName(10, frame) for frame in range(7)]
    assert names(film_of, "seed_mode: fixed") == [NoiseName(10, 0)] * 7
    assert [name.seed for name in names(film_of, "seed_mode: ladder")] == [10, 12, 11, 13, 12, 14, 13]
    assert [name.seed for name in names(film_of, "seed_mode: alternate")] == [10, 11, 10, 11, 10, 11, 10]


def test_a_schedule_is_added_to_the_seed_and_its_fraction_is_a_share(film_of):
    found = names(film_of, "seed_mode: schedule, seed_schedule: {0: -1, 2: 1, 6: 3}")
    assert [(name.seed + name.share, name.frame) for name in found] == [
        *((9, 0), (10, 0), (11, 0), (11.5, 0), (12, 0), (12.5, 0), (13, 0))
    ]
    assert all(0 <= name.share < 1 for name in found)


def test_a_schedule_that_nothing_follows_is_told(film_of):
    film = film_of("frames: 2\nprompts: a\nlook: {seed_schedule: {0: 0, 1: 3}}\n")
    assert [notice.code for notice in film.notices] == ["without-effect"]
    assert film_of("frames: 2\nprompts: a\nlook: {seed_mode: schedule, seed_schedule: {0: 0, 1: 3}}\n").notices == ()


@given(share=st.floats(0, 1, exclude_max=True), seed=st.integers(0, 2**62))
@settings(max_examples=20, deadline=None)
def test_between_two_seeds_noise_stays_standard_normal(share, seed):
    mixed = noise_of(NoiseName(seed, 0, share), (3, 60, 60), purpose="start", step=0).double()
    assert abs(mixed.mean()) < 0.05
    assert abs(mixed.std() - 1) < 0.04


def test_the_way_between_two_seeds_is_even_and_has_no_jump():
    def at(value: float) -> torch.Tensor:
        whole = math.floor(value)
        return noise_of(NoiseName(whole, 0, value - whole), (3, 40, 40), purpose="start", step=0).double()

    assert torch.equal(at(5).float(), named_noise((3, 40, 40), seed=5, frame=0, purpose="start", step=0))
    steps = [(at(5 + n / 8) - at(5 + (n + 1) / 8)).norm() for n in range(16)]
    assert max(steps) / min(steps) < 1.05
    middle = (at(5) + at(6)) / math.sqrt(2)  # what is equally far from both, of noises at a right angle
    assert torch.allclose(at(5.5), middle, atol=0.15)
