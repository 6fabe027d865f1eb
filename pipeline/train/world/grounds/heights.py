"""High grounds: mountains with craggy faces, snow-covered land, and a sea of clouds seen from above."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ..brush import Image
from ..terrain import Field, Terrain, smooth
from .growth import draw_flowers, draw_grass, fray, grass_of, hills, lump, scatter
from .trees import draw_pines


def craggy(
    land: Terrain, peaks: npt.NDArray[Any], rocks: Image, snows: Image | None, foot: float, line: float, mist: float
) -> None:
    """Paint a range of `peaks` (x, top, steepness): faces of light and shade along ridges, snow above `line`.

    `line` is the share of a peak's height that bears snow; `mist` pales the feet towards the end of the ramp.
    """
    window = land.window(float(peaks[:, 1].min()) - 0.02, foot)
    coarse, fine = land.mottle(window, 0.7), land.mottle(window, 2.3)
    drift = (coarse - 0.5) * 0.07 + (fine - 0.5) * 0.022
    x, y = (window.x + drift) * land.across, window.y + (fine - 0.5) * 0.012
    best: Field | None = None
    facet = np.zeros_like(drift)
    depth, high = np.zeros_like(drift), np.zeros_like(drift)
    for index, (spot, top, steep) in enumerate(peaks):
        fall = (y - top) * land.down
        lean = 0.10 * np.sin(index * 2.3 + 1.0)
        off = x - spot * land.across - lean * fall
        gap = fall - np.abs(off) * steep
        angle = off / (np.abs(fall) + 0.012) * steep
        ridges = 1.0 - np.abs(np.sin(angle * 4.6 + index * 1.9 + fine * 2.4))
        side = smooth(-angle * land.light, -0.05, 0.05)
        shade = 0.14 + 0.58 * side + (ridges - 0.4) * (0.3 + 0.16 * side)
        if best is None:
            best, facet, depth, high = gap, shade, fall, np.full_like(fall, (foot - top) * land.down)
            continue
        nearer = gap > best
        best = np.where(nearer, gap, best)
        facet, depth = np.where(nearer, shade, facet), np.where(nearer, fall, depth)
        high = np.where(nearer, np.float32((foot - top) * land.down), high)
    assert best is not None
    cover = np.clip(best * land.brush.unit / 1.6 + 0.5, 0.0, 1.0).astype(np.float32)
    share = depth / high
    fog = mist * smooth(share, 0.25, 1.0)
    tone = (facet + (fine - 0.5) * 0.5) * 0.8
    land.lay(window, cover, tone + (0.96 - tone) * fog, rocks)
    if snows is not None:
        ragged = line + (coarse - 0.5) * 0.4 + (fine - 0.5) * 0.5 + (facet - 0.4) * 0.12
        land.lay(window, cover * smooth(share - ragged, 0.02, -0.02), facet * 1.15 + 0.14 + (fine - 0.5) * 0.2, snows)


def range_of(land: Terrain, count: int, low: float, high: float, steep: float) -> npt.NDArray[Any]:
    """Return peaks (x, top, steepness), lower near the subject: between `low` and `high` above the horizon."""
    xs = (np.arange(count) + land.rng.uniform(0.15, 0.85, count)) / count * 1.1 - 0.05
    clear = np.minimum(np.abs(xs - land.middle) / 0.4, 1.0)
    tops = land.horizon - (low + (high - low) * clear) * land.rng.uniform(0.75, 1.12, count)
    return np.stack([xs, np.maximum(tops, 0.04), steep * land.rng.uniform(0.85, 1.2, count)], axis=1)


def paint_mountains(land: Terrain) -> None:
    """Paint three ranges in air, snow on the highest, firs at their feet and an alpine meadow with boulders."""
    winter = land.season == "winter"
    far = land.ramp((92, 104, 146), (150, 160, 190), (214, 222, 236), haze=0.5)
    craggy(
        land,
        range_of(land, 6, 0.2, 0.36, 1.0),
        far,
        land.ramp((170, 186, 220), (252, 253, 255), haze=0.4),
        land.horizon + 0.01,
        0.3,
        0.8,
    )
    main = land.ramp((34, 38, 66), (84, 86, 112), (152, 146, 150), (214, 206, 200), haze=0.06)
    snows = land.ramp((112, 138, 194), (178, 200, 236), (255, 254, 250), haze=0.03)
    craggy(land, range_of(land, 4, 0.17, 0.47, 1.25), main, snows, land.horizon + 0.02, 0.62 if winter else 0.4, 0.62)
    high = land.clear(0.5)
    slope = land.horizon + 0.012 - 0.045 * high + land.line((1.4, 3.7), 0.012)
    hills(
        land,
        slope,
        land.ramp((46, 84, 76), (84, 124, 96), haze=0.24) if not winter else grass_of(land, 0.3),
        land.horizon + 0.1,
        0.1,
    )
    line_pines(land, 26, land.horizon + 0.018, 0.075, (26, 66, 52), 0.2, 0.8 if winter else 0.0)
    window = land.window(land.horizon - 0.02)
    near, u, v = land.floor(window)
    grain, fine = land.grain(u * 0.3, v * 1.1), land.grain(u * 1.3, v * 4.0)
    rim = land.horizon + 0.025 + land.line((1.2, 3.1), 0.008)
    land.lay(
        window,
        land.below(window, rim),
        0.82 - 0.4 * near + (grain - 0.5) * 0.9 + (fine - 0.5) * 0.5,
        grass_of(land, 0.06),
    )
    line_pines(land, 9, land.horizon + 0.06, 0.13, (20, 56, 44), 0.04, 0.9 if winter else 0.0)
    draw_grass(land, 110, 0.25, 1.0, 0.05)
    draw_boulders(land, 13)
    if not winter:
        draw_flowers(land, 34, 0.3, 0.98, 0.012)


def line_pines(land: Terrain, count: int, foot: float, size: float, green: Any, air: float, snow: float) -> None:
    """Draw a row of firs that stands back from the subject."""
    xs = (np.arange(count) + land.rng.uniform(0.0, 1.0, count)) / count * 1.06 - 0.03
    clear = np.minimum(np.abs(xs - land.middle) / 0.42, 1.0)
    sizes = size * (0.3 + 0.75 * clear) * land.rng.uniform(0.7, 1.25, count)
    feet = foot + land.rng.uniform(-0.006, 0.012, count) + 0.02 * clear
    draw_pines(
        land, sorted(zip(xs.tolist(), feet.tolist(), sizes.tolist(), strict=True), key=lambda p: p[1]), green, air, snow
    )


def draw_boulders(land: Terrain, count: int) -> None:
    """Draw boulders with a lit face, a shaded face and a shadow on the ground."""
    for x, y, size in scatter(land, count, 0.14, 0.98):
        near = (y - land.horizon) / (1 - land.horizon)
        r = (0.008 + 0.03 * near) * (0.5 + 0.9 * size)
        wide, way = r / land.across, land.light
        turn = land.rng.uniform(-0.2, 0.2)
        land.brush.oval((38, 46, 44), (x + way * wide * 0.5, y + r * 0.12), (wide * 1.3, r * 0.22))
        body = [
            (-1.0, 0.0),
            (-0.8, -0.5),
            (-0.25 + turn, -0.95),
            (0.4 + turn, -0.8),
            (0.9, -0.35),
            (1.05, 0.05),
            (0.3, 0.2),
            (-0.6, 0.16),
        ]
        land.brush.fill((92, 92, 104), [(x + a * wide, y + b * r) for a, b in body])
        lit = [(-1.0, 0.0), (-0.8, -0.5), (-0.25 + turn, -0.95), (0.3 + turn, -0.8), (0.0, -0.35), (-0.25, 0.1)]
        land.brush.fill((188, 184, 178), [(x + way * a * wide, y + b * r) for a, b in lit])
        top = [(-0.8, -0.5), (-0.25 + turn, -0.95), (0.3 + turn, -0.8), (-0.2, -0.55)]
        cap = (252, 253, 255) if land.season == "winter" else (220, 216, 206)
        land.brush.fill(cap, [(x + way * a * wide, y + b * r) for a, b in top])


def paint_snow(land: Terrain) -> None:
    """Paint white hills far off, snow-laden firs at both sides, and drifts with blue shadows and wind ripples."""
    pale = land.ramp((132, 160, 208), (206, 220, 242), (252, 253, 255), haze=0.3)
    hills(
        land,
        land.horizon - 0.03 - 0.09 * land.clear(0.5) + land.line((1.6, 3.4), 0.018),
        pale,
        land.horizon + 0.06,
        0.06,
    )
    line_pines(land, 24, land.horizon + 0.012, 0.07, (84, 116, 132), 0.34, 0.9)
    ramp = land.ramp((104, 138, 204), (164, 190, 236), (226, 236, 250), (255, 255, 253))
    rows = land.rows(5, 1.35)
    for index, y in enumerate(rows):
        if index == 1:
            line_pines(land, 11, land.horizon + 0.035, 0.17, (44, 84, 88), 0.1, 0.9)
        depth = index / (len(rows) - 1)
        profile = y + 0.012 + land.line((0.9, 2.1), 0.016 + 0.02 * depth)
        drift_snow(land, profile, depth, ramp)
    framing = [(x, 0.93, s) for x, s in ((-0.02, 0.52), (1.02, 0.46)) if abs(x - land.middle) > 0.5]
    draw_pines(land, [(x, y + 0.04 * n, s) for n, (x, y, s) in enumerate(framing)], (26, 62, 66), 0.0, 0.9)
    for x, y, size in land.rng.random((40, 3)):
        r = 0.001 + 0.0024 * size * y
        land.brush.oval(
            (255, 255, 255), (x, land.horizon + (1 - land.horizon) * y), (r / land.across, r / land.down), glow=True
        )


def drift_snow(land: Terrain, profile: Field, depth: float, ramp: Image) -> None:
    """Paint one snow drift: bright on its crest and towards the light, blue in its lee, rippled by the wind."""
    window = land.window(float(profile.min()) - 0.003, min(float(profile.max()) + 0.16 + 0.16 * depth, 1.0))
    drop = window.y - profile
    slope = np.gradient(profile, land.x) * -land.light
    reach = 0.05 + 0.1 * depth
    lee = np.exp(-drop / reach) * (0.5 + 0.5 * np.tanh(-slope * 5.0 + 0.2))
    waves = land.grain(window.x * land.across * 0.7 + drop * 2.0, drop * land.down * (5.0 - 2.5 * depth))
    soft = land.grain(window.x * land.across * 0.5, window.y * land.down * 1.4)
    shade = 0.72 + 0.35 * np.exp(-drop / 0.012) - 0.5 * np.tanh(slope * 1.6) * np.exp(-drop / reach / 1.5)
    shade = shade - 0.5 * lee + (waves - 0.5) * 0.42 + (soft - 0.5) * 0.8 - 0.2 * smooth(drop, 0.0, reach * 2)
    land.lay(window, land.below(window, profile), shade, ramp)


def paint_clouds(land: Terrain) -> None:
    """Paint a sea of clouds from above: heaps in rows, small and pale far off, lit on top, blue in their folds."""
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    base = land.grain(u * 0.2, v * 0.8)
    land.lay(window, None, 0.4 + base * 0.4 - 0.3 * near, land.ramp((150, 170, 214), (236, 238, 246), haze=0.3))
    count = 7
    for index, y in enumerate(land.rows(count, 1.25)):
        heap_clouds(land, y + 0.016, index / (count - 1))


def heap_clouds(land: Terrain, y: float, depth: float) -> None:
    """Paint one row of cloud heaps that tower at the sides, of lumps with soft edges, blue towards their feet."""
    top = np.full_like(land.x, y)
    heaps = round(7 - 4 * depth)
    for n in range(heaps):
        middle = (n + land.rng.uniform(0.0, 1.0)) / heaps * 1.2 - 0.1
        clear = 0.3 + 0.7 * min(abs(middle - land.middle) / 0.36, 1.0)
        tall, wide = (0.04 + 0.13 * depth) * clear * land.rng.uniform(0.6, 1.3), 0.05 + 0.1 * depth
        top = np.minimum(top, y - tall * np.exp(-(((land.x - middle) / wide) ** 2) * 1.2))
    top = (top + land.line((3.0, 7.0), 0.004 + 0.006 * depth)).astype(np.float32)
    size = 0.014 + 0.042 * depth
    window = land.window(float(top.min()) - size * 1.3, min(y + 0.1 + 0.2 * depth, 1.0))
    ragged, push = fray(
        land, window, lump(land, window, top, size, 2 if depth < 0.4 else 4, 56.0), 0.05 / size, 1.3 * size
    )
    soft = cv2.GaussianBlur(ragged, (0, 0), max(0.12 * size * land.brush.unit, 0.6))
    puff = land.mottle(window, 0.02 / size)
    drop = (window.y - top) / (0.05 + 0.13 * depth)
    shade = soft[..., 0] / np.float32(255.0) + 0.17 + (puff - 0.5) * 0.5 + push * 0.14 - 0.36 * drop
    ramp = land.ramp((96, 122, 182), (168, 186, 226), (240, 240, 248), (255, 255, 252), haze=0.4 * (1 - depth))
    land.lay(window, soft[..., 1] / np.float32(255.0), shade, ramp)
