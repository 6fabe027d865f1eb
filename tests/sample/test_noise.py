"""Named numbers: a name is all that matters, and the numbers behind a name never change."""

from __future__ import annotations

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sample.noise import named_noise, named_uniform

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
