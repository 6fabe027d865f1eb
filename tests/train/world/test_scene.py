"""The painted world: same seed, same picture; same scene at every size; all of the vocabulary; colours as named."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter

import cv2
import numpy as np
import pytest

from pipeline.train.world.subjects import placing as subjects
from pipeline.train.world.scene import SKY_DEPTH, imagine, paint, render
from pipeline.train.world.vocabulary import COLOUR_MOODS, GROUNDS, MOODS, STYLES, SUBJECTS

# Hue ranges on OpenCV's circle of 180; red wraps around its end.
HUES = {"red": (168, 192), "yellow": (17, 34), "blue": (98, 124), "green": (42, 82), "purple": (126, 156)}


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
    scene = dataclasses.replace(imagine(3), subject=None, ground="sea")
    _, depth = render(scene, 64, 64)
    assert np.all(depth[0] == SKY_DEPTH)
    assert np.all(np.diff(depth[int(scene.horizon * 64) + 1 :, 5]) <= 0)


def test_subject_is_nearer_than_the_backdrop() -> None:
    for seed in range(30):
        scene = dataclasses.replace(imagine(seed), ground="meadow")
        if scene.subject is None:
            continue
        _, depth = render(scene, 64, 64)
        _, empty = render(dataclasses.replace(scene, subject=None), 64, 64)
        changed = np.abs(depth - empty) > 1e-3
        assert 0.03 < changed.mean() < 0.6
        assert depth[changed].max() < 20


@pytest.mark.parametrize("style", STYLES)
def test_same_scene_at_twice_the_size(style: str) -> None:
    gaps = []
    for seed in range(12):
        scene = dataclasses.replace(imagine(seed), style=style)
        small, large = render(scene, 64, 64)[0], render(scene, 128, 128)[0]
        reduced = cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA)
        gaps.append(np.abs(small.astype(float) - reduced).mean())
    assert np.mean(gaps) < 16


def test_all_of_the_vocabulary_appears_about_evenly() -> None:
    scenes = [imagine(seed) for seed in range(3000)]
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
    assert set(subjects.DRAWINGS) == set(subjects.SIZES) == set(SUBJECTS)


def test_subjects_fill_much_of_the_picture_and_stay_in_it() -> None:
    for seed in range(200):
        scene = imagine(seed)
        if scene.subject is None:
            continue
        assert 0.45 <= scene.size <= 0.92
        assert abs(scene.spot[0] - 0.5) <= 0.15
        assert 0.5 <= scene.horizon <= 0.7
        assert scene.horizon < scene.spot[1] or scene.subject in subjects.FLYING


@pytest.mark.parametrize("mood", COLOUR_MOODS)
@pytest.mark.parametrize("style", STYLES)
def test_colour_moods_have_their_hue(mood: str, style: str) -> None:
    low, high = HUES[mood]
    found = np.zeros(2)
    for seed in range(6):
        scene = dataclasses.replace(imagine(seed), mood=mood, style=style, subject=None, accessories=(), ground="sea")
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
