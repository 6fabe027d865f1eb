"""Pictures over time in `frame:`, and what is said about those that are missing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import load
from pipeline.errors import KeyframeError
from pipeline.types import Film

HEAD = f"preset: {Path(__file__).parents[1] / 'plain.yaml'}\nfps: 2\nframes: 9\n"


@pytest.fixture
def digests(tmp_path: Path) -> dict[str, str]:
    """Write three small pictures; return their digests by name."""
    found = {}
    for number, name in enumerate("abc"):
        data = cv2.imencode(".png", np.full((4, 6, 3), 60 * number, np.uint8))[1].tobytes()
        (tmp_path / f"{name}.png").write_bytes(data)
        found[name] = hashlib.sha256(data).hexdigest()
    return found


def read(tmp_path: Path, text: str) -> Film:
    path = tmp_path / "film.yaml"
    path.write_text(HEAD + ("" if "prompts:" in text else "prompts: a\n") + text)
    return load(path)


def complaints(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(KeyframeError) as fault:
        read(tmp_path, text)
    return [f"{one.mark.line}:{one.mark.column}: {one.what}; {one.do}" for one in fault.value.complaints]


def test_one_picture_holds_and_several_cross_fade(tmp_path, digests) -> None:
    a, b, c = digests.values()
    film = read(tmp_path, "frame: {guide: {2: a.png, 2s: b.png, 6: b.png, 8: c.png}, guide_strength: 0.3}\n")
    found = [plan.conditioning.guide for plan in film.shots[0].plans if plan.conditioning]
    assert found[0] == found[1] == ((a, 1.0),)
    assert found[2] == ((a, 0.5), (b, 0.5))
    assert found[3] == found[4] == found[5] == ((b, 1.0),)
    assert found[6] == ((b, 0.5), (c, 0.5))
    assert found[7] == ((c, 1.0),)
    assert {file.digest for file in film.pictures} == {a, b, c}
    still = read(tmp_path, "frame: {color_match: mean, color_match_to: image, color_match_image: c.png}\n")
    assert {plan.conditioning.color_match_image for plan in still.shots[0].plans[1:]} == {((c, 1.0),)}
    assert not still.notices


def test_where_the_strength_is_0_the_picture_is_no_part_of_the_plan(tmp_path, digests) -> None:
    film = read(tmp_path, "frame: {guide: a.png, guide_strength: {0: 0, 4: 0, 6: 1}}\n")
    assert [bool(plan.conditioning.guide) for plan in film.shots[0].plans[1:]] == [False] * 4 + [True] * 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "frame: {guide_strength: 0.5}\n",
            "5:25: frame.guide_strength wants a picture and there is none; write guide: mood.png",
        ),
        (
            "frame: {color_match: lab, color_match_to: image}\n",
            "5:43: frame.color_match_to wants a picture and there is none; write color_match_image: mood.png",
        ),
        (
            "frame: {guide: {0: a.png, 2s: x.png}, guide_strength: 1}\n",
            "5:31: there is no picture 'x.png'; did you mean 'c.png'? (give a path from the keyframe file's folder)",
        ),
        (
            "frame: {guide: {2s: a.png, 4: b.png}, guide_strength: 1}\n",
            "5:28: a second picture at frame 4; keep one of them",
        ),
        (
            "frame: {guide: {}, guide_strength: 1}\n",
            "5:16: frame.guide names no picture; write guide: {0: a.png, 2s: b.png}",
        ),
        (
            "frame: {guide: {-1: a.png}, guide_strength: 1}\n",
            "5:17: a picture cannot come at frame -1; choose a frame from 0 on",
        ),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path, digests, text, told) -> None:
    assert complaints(tmp_path, text) == [told]


def test_what_does_nothing_is_told(tmp_path, digests) -> None:
    film = read(tmp_path, "frame: {guide: a.png, color_match_image: b.png, color_match: lab}\n")
    assert [(one.code, one.what) for one in film.notices] == [
        ("without-effect", "frame.guide does nothing"),
        ("without-effect", "frame.color_match_image does nothing"),
    ]
