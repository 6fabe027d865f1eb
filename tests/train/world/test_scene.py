"""The painted world: same seed, same picture; same scene at every size; all of the vocabulary; colours as named."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter

import cv2
import numpy as np
import pytest

from pipeline.train.world import grounds, styles
from pipeline.train.world.palettes import PALETTES
from pipeline.train.world.scene import SKY_DEPTH, Scene, distance, imagine, paint, render, seen_from_near
from pipeline.train.world.subjects import PORTRAITS
from pipeline.train.world.subjects.extent import reach
from pipeline.train.world.subjects.portrait import Figure
from pipeline.train.world.vocabulary import COLOUR_MOODS, GROUNDS, MOODS, SEASONS, STYLES, SUBJECTS

# Hue ranges on OpenCV's circle of 180; red wraps around its end.
HUES = {
    "red": (168, 189),
    "orange": (6, 19),
    "yellow": (18, 34),
    "green": (42, 82),
    "blue": (98, 124),
    "purple": (124, 152),
    "pink": (150, 176),
}


def digest(seed: int) -> str:
    return hashlib.sha256(paint(seed).pixels.tobytes()).hexdigest()


def test_same_seed_gives_same_picture_and_other_seeds_differ() -> None:
    first = [digest(seed) for seed in range(40)]
    assert first == [digest(seed) for seed in range(40)]
    assert len(set(first)) == 40
    assert paint(7).caption == paint(7).caption


@pytest.mark.parametrize(("height", "width"), [(64, 64), (48, 80), (96, 64), (65, 63)])
def test_shapes_types_and_ranges(height: int, width: int) -> None:
    for seed in range(24):
        picture = paint(seed, height=height, width=width)
        assert picture.pixels.shape == (height, width, 3)
        assert picture.pixels.dtype == np.uint8
        assert picture.depth.shape == (height, width)
        assert picture.depth.dtype == np.float32
        assert 0 < picture.depth.min() < 10
        assert picture.depth.max() == SKY_DEPTH
        assert picture.pixels.std() > 8


def test_depth_puts_the_sky_behind_and_the_nearest_ground_in_front() -> None:
    scene = dataclasses.replace(imagine(3), subject=None, companions=(), ground="sea")
    _, depth = render(scene, 64, 64)
    assert np.all(depth[0] == SKY_DEPTH)
    assert np.all(np.diff(depth[int(scene.horizon * 64) + 1 :, 5]) <= 0)


def test_subject_is_nearer_than_the_backdrop() -> None:
    for seed in range(30):
        scene = dataclasses.replace(imagine(seed), ground="sea", companions=())
        if scene.subject is None:
            continue
        _, depth = render(scene, 64, 64)
        _, empty = render(dataclasses.replace(scene, subject=None), 64, 64)
        changed = np.abs(depth - empty) > 1e-3
        assert 0.01 < changed.mean() < 0.6
        assert depth[changed].max() < 42


def in_company(seeds: int) -> list[Scene]:
    """Scenes with companions."""
    return [scene for scene in map(imagine, range(seeds)) if scene.companions]


def test_depth_puts_companions_where_they_stand() -> None:
    for scene in in_company(160):
        _, depth = render(scene, 96, 96)
        _, alone = render(dataclasses.replace(scene, companions=()), 96, 96)
        changed = np.abs(depth - alone) > 1e-3
        assert changed.any()
        away = [distance(scene, one) for one in scene.companions]
        assert 0.9 * min(away) < depth[changed].min() and depth[changed].max() < 1.1 * max(away)


def test_companions_do_not_cover_the_subject() -> None:
    scenes = in_company(2000)
    assert abs(len(scenes) / 2000 - 0.25) < 0.04
    for scene in scenes:
        left, right = span(scene.figures[0])
        for one in scene.companions:
            low, high = span(one)
            assert low > right - 0.02 or high < left + 0.02
            assert low > -0.03 and high < 1.03
            assert one.size < scene.size


def span(figure: Figure) -> tuple[float, float]:
    """The share of the picture's width that a figure takes up, at most."""
    half = reach(figure.subject)[0] * figure.size
    return figure.spot[0] - half, figure.spot[0] + half


def test_from_near_the_subject_fills_the_picture_alone_and_turned_the_way_it_is_drawn() -> None:
    for scene in map(imagine, range(600)):
        near = seen_from_near(scene)
        assert (near.lie, near.horizon, near.light) == (1, 0.56, 1) and near.orb[0] < 0.5
        if scene.subject is None:
            assert near.companions == ()
            continue
        half, top = reach(scene.subject)
        assert near.size * max(2 * half, top) == pytest.approx(0.785)
        assert near.spot == pytest.approx((0.5, 0.5 + 0.5 * near.size * top))
        assert near.companions == () and not near.flip and near.tilt == 0
        kept = ("subject", "ground", "mood", "style", "season", "accessories", "sky_colour")
        assert [getattr(near, name) for name in kept] == [getattr(scene, name) for name in kept]


def test_land_lies_alike_in_all_pictures_from_near_and_otherwise_in_all_others() -> None:
    scenes = [
        dataclasses.replace(one, ground="mountains", mood="daylight", style="photo") for one in map(imagine, (3, 8))
    ]
    bare = [
        dataclasses.replace(one, subject=None, companions=(), rich=False, season=None, ground_colour=None)
        for one in scenes
    ]
    for seen, alike in ((seen_from_near, True), (lambda scene: scene, False)):
        depths = [render(seen(scene), 64, 64)[1] for scene in bare]
        other = (np.abs(np.subtract(*depths)) > 1).mean()
        assert other < 0.01 if alike else other > 0.1


def test_strokes_and_pieces_are_laid_alike_in_all_pictures_from_near_and_otherwise_in_all_others() -> None:
    """Cells of pixel art are of 4 px in 128 from near; elsewhere there are 32 or 40 a side, as the seed has it."""
    scenes = [dataclasses.replace(imagine(seed), style="pixel art") for seed in range(6)]
    assert {seen_from_near(scene).hand for scene in scenes} == {3} and [scene.hand for scene in scenes] == [*range(6)]
    for seen, alike in ((seen_from_near, True), (lambda scene: scene, False)):
        pixels = [render(seen(scene), 128, 128)[0].reshape(32, 4, 32, 4, 3) for scene in scenes]
        assert all((cells == cells[:, :1, :, :1]).all() for cells in pixels) == alike


def test_a_picture_from_near_is_painted_and_told_so() -> None:
    scene = next(scene for scene in in_company(400) if scene.subject not in {one.subject for one in scene.companions})
    near, far = paint(scene.seed, near=True), paint(scene.seed)
    assert near.scene == seen_from_near(scene)
    assert near.pixels.tobytes() == render(near.scene, 64, 64)[0].tobytes() != far.pixels.tobytes()
    assert scene.subject in near.caption and not any(one.subject in near.caption for one in scene.companions)


@pytest.mark.parametrize("style", STYLES)
def test_same_scene_at_twice_the_size(style: str) -> None:
    gaps = []
    for seed in range(12):
        scene = dataclasses.replace(imagine(seed), style=style)
        small, large = render(scene, 64, 64)[0], render(scene, 128, 128)[0]
        reduced = cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA)
        gaps.append(np.abs(small.astype(float) - reduced).mean())
    assert np.mean(gaps) < 18  # two scenes are 70 to 95 apart in the mean


def test_all_of_the_vocabulary_appears_about_evenly() -> None:
    scenes = [imagine(seed) for seed in range(6000)]
    for names, drawn in (
        (SUBJECTS, [scene.subject for scene in scenes]),
        (GROUNDS, [scene.ground for scene in scenes]),
        (MOODS, [scene.mood for scene in scenes]),
        (STYLES, [scene.style for scene in scenes]),
    ):
        counts = Counter(name for name in drawn if name is not None)
        assert set(counts) == set(names)
        assert min(counts.values()) > 0.7 * len(scenes) / len(names)
    empty = sum(scene.subject is None for scene in scenes)
    assert 0.015 < empty / len(scenes) < 0.045


def test_every_name_has_its_painter() -> None:
    assert set(PORTRAITS) == set(SUBJECTS)
    assert set(grounds.PAINTERS) == set(GROUNDS)
    assert set(PALETTES) == set(MOODS)
    assert set(styles.PAINTERS) == set(STYLES)


def test_subjects_are_large_or_at_a_distance_and_stay_in_the_picture() -> None:
    scenes = [scene for scene in map(imagine, range(1000)) if scene.subject is not None]
    for scene in scenes:
        half, top = reach(scene.subject or "")
        assert 0.24 <= scene.size <= 0.92
        assert half * scene.size - 0.03 <= scene.spot[0] <= 1.03 - half * scene.size
        assert 0.45 <= scene.horizon <= 0.72
        portrait = PORTRAITS[scene.subject or ""]
        assert portrait.flying or (scene.horizon < scene.spot[1] <= 0.95 and scene.spot[1] - top * scene.size > -0.03)
    large = np.mean([scene.size >= PORTRAITS[scene.subject or ""].sizes[0] for scene in scenes if not scene.companions])
    assert 0.55 < large < 0.75


def test_every_property_of_a_scene_shows() -> None:
    scene = dataclasses.replace(
        imagine(3), subject="lighthouse", ground="sea", mood="sunset", style="photo", companions=(), season=None
    )
    bare = dataclasses.replace(scene, shining=False, rich=False, rough=False, ground_colour=None, sky_colour=None)
    plain = render(bare, 64, 64)[0].astype(float)
    for change in (
        {"shining": True},
        {"rich": True},
        {"rough": True},
        {"ground_colour": "red"},
        {"sky_colour": "green"},
    ):
        other = render(dataclasses.replace(bare, **change), 64, 64)[0]
        assert np.abs(other - plain).mean() > 1.5, change
    meadow = dataclasses.replace(bare, ground="meadow", mood="daylight")
    years = [render(dataclasses.replace(meadow, season=one), 64, 64)[0].astype(float) for one in (None, *SEASONS)]
    for index, first in enumerate(years[1:], 1):
        for second in years[index + 1 :]:
            assert np.abs(first - second).mean() > 2.5


@pytest.mark.parametrize("mood", COLOUR_MOODS)
@pytest.mark.parametrize("style", STYLES)
def test_colour_moods_have_their_hue(mood: str, style: str) -> None:
    low, high = HUES[mood]
    found = np.zeros(2)
    for seed in range(6):
        scene = dataclasses.replace(
            imagine(seed), mood=mood, style=style, subject=None, companions=(), accessories=(), ground="sea"
        )
        tones = cv2.cvtColor(render(scene, 64, 64)[0], cv2.COLOR_RGB2HSV).reshape(-1, 3).astype(float)
        angles = tones[:, 0] / 90 * np.pi
        weight = tones[:, 1] * tones[:, 2]
        found += (weight * np.cos(angles)).sum(), (weight * np.sin(angles)).sum()
    hue = np.arctan2(found[1], found[0]) / np.pi * 90 % 180
    assert low <= hue <= high or low <= hue + 180 <= high


def test_styles_differ_at_a_glance() -> None:
    scene = dataclasses.replace(imagine(11), mood="daylight")
    pictures = [render(dataclasses.replace(scene, style=style), 64, 64)[0].astype(float) for style in STYLES]
    for index, first in enumerate(pictures):
        for second in pictures[index + 1 :]:
            assert np.abs(first - second).mean() > 6
