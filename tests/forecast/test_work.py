"""What frames ask for, by their plans alone, is what guidance then does: counted beside a real drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from pipeline.forecast import StepKind, demand, steps_of, way_of
from pipeline.forecast.work import FREE, measurable
from pipeline.render import parts
from pipeline.sample.samplers import SAMPLERS
from pipeline.sample.steps import Steps, evaluations


class Counting:
    """A denoiser that counts how often it is asked."""

    n_classes = None

    def __init__(self, denoiser) -> None:
        self.denoiser, self.times = denoiser, 0

    def __call__(self, x, step):
        self.times += 1
        return self.denoiser(x, step)


def drawn(plan, easel) -> tuple[int, Counter[int]]:
    """Draw a frame; return how often the network was asked, and the numbers of cuts that its CLIP saw."""
    import torch

    counting, perceptor = Counting(easel.denoiser), easel.perceptors[0]
    perceptor.seen.clear()
    start = None if plan.camera is None else torch.zeros(1, 3, plan.size.height, plan.size.width)
    replace(easel, denoiser=counting).draw(plan, start)
    return counting.times, Counter(shape[0] for shape in perceptor.seen)


LOOKS = [
    "{steps: 5}",
    "{steps: 7, sampler: heun, eta: 0}",
    "{steps: 7, sampler: plms, eta: 0}",
    "{steps: 6, cut_overview: 'where(p < 0.4, 3, 1)', cut_innercut: 2, cutn_batches: 2}",
    "{steps: 6, guidance_scale: 'where(p < 0.5, 900, 0)', range_scale: 0}",
    "{steps: 6, sampler: heun, eta: 0, guidance_scale: 'where(p < 0.5, 900, 0)', range_scale: 0}",
    "{steps: 4, guidance_scale: 0, range_scale: 40}",
]


@pytest.mark.parametrize("look", LOOKS)
def test_steps_are_counted_as_guidance_takes_them(look: str, tiny_engine, film_of, tiny_text: str) -> None:
    text = tiny_text.replace("look: {steps: 4, skip: 0.5, cut_overview: 1, cut_innercut: 1}", f"look: {look}")
    film = film_of(text)
    for plan in (film.shots[0].plans[0], film.shots[0].plans[2]):
        found = steps_of(plan, film.engine.clip_models, tiny_engine.easel.schedule)
        times, cuts = drawn(plan, tiny_engine.easel)
        assert sum(step.times for step in found) == times
        assert Counter({step.cuts: step.times for step in found if step.kind.clips}) == cuts


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_is_evaluated_as_often_as_is_said(sampler: str, schedule: str) -> None:
    import torch

    from pipeline.sample.denoiser import Prediction

    for count, skip in ((1, 0.0), (9, 0.0), (9, 0.5)):
        steps, seen = Steps.plan(schedule, count, skip=skip), Counter[int]()

        def denoise(x, step, seen=seen):
            seen[step.index] += 1
            return Prediction(x, x)

        x = torch.zeros(1, 3, 2, 2)
        SAMPLERS[sampler](denoise, x, steps, eta=(0.5,), noise=lambda index: torch.zeros(1, 3, 2, 2))
        assert tuple(seen[index] for index in range(len(steps))) == evaluations(sampler, steps)


def test_a_demand_counts_frames_steps_and_ways(film_of, tiny_text: str) -> None:
    film = film_of(tiny_text, overrides=["look.cadence=2", "frames=7"])
    plans = [plan for _, _, plans in parts(film, None) for plan in plans]
    found = demand(plans, film.engine)
    drawn_frames = [plan for plan in plans if plan.between is None]
    assert (found.n_frames, found.n_drawn) == (7, len(drawn_frames))
    assert found.n_evaluations == 4 + 2 * (len(drawn_frames) - 1)  # steps: 4, skip: 0.5
    (kind,) = found.steps
    assert (kind.path, kind.likeness, found.steps[kind].keys()) == ("unet", "", {2})
    assert sum(found.ways.values()) == 6
    assert {way.split("|")[0] for way in found.ways} == {"carry", "between"}
    assert way_of(film.shots[0].plans[0]) == ""


def test_ways_differ_where_their_time_does(film_of, tiny_text: str) -> None:
    def way(*overrides: str) -> str:
        return way_of(film_of(tiny_text, overrides=overrides).shots[0].plans[1])

    assert way() == "carry|plane reflect|1|steady" or way().startswith("carry|plane reflect|1")
    assert way("camera.roll=9", "seed=4") == way()
    others = [
        way("camera.border=wrap"),
        way("frame.color_match=lab"),
        way("frame.sharpen=0.5"),
        way("look.cadence=3"),
    ]
    assert len({way(), *others}) == 5


def test_a_frame_to_measure_by_is_of_the_kind_it_shall_measure(tiny_engine, tiny_film) -> None:
    engine, plan = tiny_film.engine, tiny_film.shots[0].plans[3]
    for kind, cuts in (
        (StepKind(FREE), 0),
        (StepKind("unet"), 0),
        (StepKind("detached", engine.clip_models, "", "soft each full"), 7),
    ):
        look = replace(plan.look, guidance_path=kind.path if kind.path != FREE else "unet", cutn_batches=2)
        still = measurable(replace(plan, look=look), kind, cuts, clips=engine.clip_models, steps=3)
        (found,) = steps_of(still, engine.clip_models, "cosine")
        assert (found.kind, found.cuts, found.times) == (kind, cuts, 3)
        assert drawn(still, tiny_engine.easel)[0] == 3
