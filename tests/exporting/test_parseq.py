"""Films as Parseq's documents: keyframes and rendered frames say the same, and come back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.importing.parseq import MOTION
from tests.exporting.films import PROMPTS, cameras, few, normal, same_move
from tests.exporting.test_deforum import FILM, HELD


def test_the_document(carry) -> None:
    trip = carry(FILM, "parseq")
    said = trip.values
    assert said["options"] == {"input_fps": 24, "output_fps": 24, "bpm": 120, "cadence": 1}
    assert [row["frame"] for row in said["rendered_frames"]] == list(range(24))
    third = said["rendered_frames"][3]
    assert (third["zoom"], third["zoom_delta"]) == (1.06, 1.02)  # speeds are summed up from frame 1 on
    assert (third["angle"], third["angle_delta"]) == (1.5, 0.75)
    assert third["translation_x"] == pytest.approx(0.8 + 1.6 + 2.4)
    assert (third["strength"], third["scale"], third["seed"], third["subseed_strength"]) == (0.57, 8.05, 7 + 3, 0)
    assert third["deforum_prompt"] == r"a \(red\) fox"
    assert said["rendered_frames"][20]["deforum_prompt"] == "snow --neg fog"
    assert said["keyframes"][0]["zoom_i"] == "L"
    assert [row["frame"] for row in said["keyframes"] if "zoom" in row] == [0, 23]
    assert [one["from"] for one in said["prompts"]["promptList"]] == [0, 12]
    assert said["prompts"]["promptList"][1]["negative"] == "fog"
    assert trip.verdict("camera.border") == "unsupported"
    assert trip.verdict("camera.roll") == "exact"
    assert "deforum" in trip.exported.report.entries["size"].why


def test_fades_are_expressions_in_the_document_and_numbers_in_frames(carry) -> None:
    text = "preset: imagenet-512\nframes: 12\nprompts: {0: a, 2: a, 10: b}\nprompt_fade: linear\n"
    said = carry(text, "parseq").values
    assert said["prompts"]["promptList"][1]["positive"] == "a:${0.875-0.125*(f-3)} AND b:${0.125+0.125*(f-3)}"
    assert said["rendered_frames"][5]["deforum_prompt"] == "a:0.625 AND b:0.375"


@few(6)
@given(
    frames=st.integers(2, 14),
    prompts=PROMPTS,
    camera=cameras(("zoom", "roll", "translation_x", "translation_y", "center_y"), "border: replicate"),
    skip=st.sampled_from(["0.5", "{0: 0.7, 5: 0.25}"]),
    scale=st.sampled_from(["5000", "{0: 0, 9: 7000}"]),
    mode=st.sampled_from(["frame", "ladder"]),
    noise=st.sampled_from(["0", "{0: 0, 6: 0.2}"]),
)
def test_what_it_holds_comes_back(carry, **said) -> None:
    trip = carry(HELD.format(**said).replace("640x384", "512x512"), "parseq")
    rows, keys = trip.values["rendered_frames"], trip.values["keyframes"]
    assert trip.back.film.fps == trip.film.fps
    for was, now in zip(trip.film.shots[0].plans, trip.back.film.shots[0].plans, strict=True):
        assert normal(now) == pytest.approx(normal(was), abs=1e-5)
        assert now.look.guidance_scale == pytest.approx(was.look.guidance_scale, rel=1e-9, abs=1e-6)
        if was.camera is not None:
            same_move(was, now)
            assert now.look.skip == pytest.approx(was.look.skip, abs=1e-9)
            assert was.conditioning and now.conditioning
            assert now.conditioning.noise == pytest.approx(was.conditioning.noise, abs=1e-9)
    t = np.arange(len(rows))
    for name in trip.values["managedFields"]:
        known = [(row["frame"], row[name]) for row in keys if name in row]
        assert np.interp(t, *zip(*known, strict=True)) == pytest.approx([row[name] for row in rows], abs=1e-6), name
        if name in MOTION and name != "zoom":
            assert np.diff([row[name] for row in rows]) == pytest.approx([row[f"{name}_delta"] for row in rows[1:]])


@pytest.mark.parametrize(
    ("mode", "seeds"),
    [
        ("frame", [7, 8, 9, 10, 11, 12]),
        ("fixed", [7] * 6),
        ("alternate", [7, 8, 7, 8, 7, 8]),
        ("ladder", [7, 9, 8, 10, 9, 11]),
        ("schedule\n  seed_schedule: {0: 1, 4: 3}", [8, 8.5, 9, 9.5, 10, 10]),
    ],
)
def test_each_frames_seed(carry, mode: str, seeds: list[float]) -> None:
    trip = carry(HELD.format(frames=6, prompts="a", camera="{}", skip=0.5, scale=5000, mode=mode, noise=0), "parseq")
    assert [row["seed"] for row in trip.values["rendered_frames"]] == seeds
    assert [row["subseed"] for row in trip.values["rendered_frames"]] == [int(np.ceil(seed)) for seed in seeds]
    assert [plan.seed + plan.look.seed_schedule for plan in trip.back.film.shots[0].plans] == pytest.approx(seeds)
