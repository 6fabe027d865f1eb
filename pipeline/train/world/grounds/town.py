"""The city: rows of towers in air with lit windows, and a wide street that leads to them."""

from __future__ import annotations

import numpy as np

from ..brush import Colour, luminance, mix
from ..terrain import Field, Terrain, smooth


def paint_city(land: Terrain) -> None:
    """Paint three rows of towers, each nearer one darker and clearer, and a street with pavements and lamps."""
    dark = 1.0 - min(luminance(land.palette.sky[1]) / 175.0, 1.0)
    rows = (
        (15, 0.1, 0.36, 0.5, (128, 140, 168)),
        (11, 0.07, 0.44, 0.26, (112, 110, 134)),
        (9, 0.045, 0.36, 0.05, (84, 78, 98)),
    )
    for depth, (count, low, high, air, wall) in enumerate(rows):
        raise_towers(land, count, low, high, air, wall, depth, dark)
    lay_street(land, dark)
    wall_street(land, dark)
    stand_lamps(land, dark)


def raise_towers(
    land: Terrain, count: int, low: float, high: float, air: float, wall: Colour, depth: int, dark: float
) -> None:
    """Paint one row of towers from side to side; their windows are lit the more, the darker the sky."""
    edges = np.linspace(-0.04, 1.04, count + 1) + np.append(land.rng.uniform(-0.3, 0.3, count), 0.0) / count
    middles = (edges[1:] + edges[:-1]) / 2
    clear = np.minimum(np.abs(middles - land.middle) / 0.4, 1.0)
    tall = (low + (high - low) * clear**1.3) * land.rng.uniform(0.55, 1.12, count)
    kind, tone = land.rng.integers(0, 4, count), land.rng.uniform(-0.14, 0.14, count)
    which = np.clip(np.searchsorted(edges, land.x) - 1, 0, count - 1)
    wide = (edges[1:] - edges[:-1])[which]
    place = ((land.x - edges[:-1][which]) / wide).astype(np.float32)
    off = np.abs(place - 0.5)
    inset = np.select(
        [kind[which] == 1, kind[which] == 2, kind[which] == 3],
        [(off > 0.26) * 0.14 + (off > 0.12) * 0.07, place * 0.13, np.clip(off - 0.12, 0, 1) * 0.42],
        0.0,
    )
    top = (land.horizon - tall[which] * (1.0 - inset)).astype(np.float32)
    for n in np.flatnonzero(tall > 0.5 * high):
        x, y = float(middles[n]), float(land.horizon - tall[n])
        land.brush.lines(
            land.haze(mix(wall, (30, 30, 44), 0.5), air),
            [[(x, y + 0.03), (x, y - 0.035 - 0.03 * (n % 2))]],
            0.004,
            glow=True,
        )
    window = land.window(float(top.min()), land.horizon + 0.012)
    cover = np.broadcast_to(land.below(window, top), (window.last - window.first, len(land.x)))
    side = smooth((place - 0.5) * land.light, 0.22, 0.26)
    rise = smooth(window.y, land.horizon - 0.3, land.horizon)
    shade = 0.6 + tone[which] - 0.3 * side + 0.1 * (1 - rise) + 0.06 * np.sin(window.y * 400.0) * (depth > 0)
    shade = shade + 0.22 * np.exp(-np.maximum(window.y - top, 0) / 0.004)
    ramp = land.ramp(mix(wall, (16, 18, 40), 0.72), wall, mix(wall, (255, 240, 222), 0.55), haze=air)
    land.lay(window, cover.astype(np.float32), shade + 0.3 * air * rise, ramp)
    light_windows(land, (window.x, window.y), (which, place, top, wide), cover, depth, dark, air)


def light_windows(
    land: Terrain,
    spot: tuple[Field, Field],
    house: tuple[np.ndarray, Field, Field, np.ndarray],
    cover: np.ndarray,
    depth: int,
    dark: float,
    air: float,
) -> None:
    """Paint the windows of one row of towers: panes that mirror the sky, and some with light behind them."""
    which, place, top, wide = house
    pitch = (0.014, 0.019, 0.026)[depth]
    panes = np.maximum(np.round(wide * land.across / pitch), 2)
    across = 0.06 + 0.0 * place, place * panes
    storey = (spot[1] - top - 0.012) / (pitch * 1.35 / land.down)
    column = np.floor(across[1]).astype(np.int64)
    level = np.floor(storey)
    inner = np.abs(across[1] - column - 0.5)
    frame = (
        smooth(inner, 0.34, 0.26) * smooth(np.abs(storey - level - 0.5), 0.36, 0.28) * (place > 0.05) * (place < 0.95)
    )
    pane = (frame * (storey > 0) * cover).astype(np.float32)
    chance = land.rng.random((61, 64)).astype(np.float32)
    luck = chance[(which * 17 + column) % 61, level.astype(np.int64) % 64]
    lit = luck < 0.16 + 0.5 * dark
    window = land.window(float(top.min()), land.horizon + 0.012)
    glass = land.ramp((26, 34, 60), (88, 116, 152), (196, 216, 232), haze=air)
    land.lay(window, pane * ~lit * (0.75 - 0.4 * air), 0.3 + 0.5 * luck - 0.3 * dark, glass)
    warm = [
        mix(c, land.palette.tone(0.9), 0.5 * land.palette.ground_share)
        for c in ((240, 158, 60), (255, 214, 120), (255, 246, 204))
    ]
    share = [mix(c, land.palette.sky[2], air * 0.6) for c in warm]
    ramp = np.stack([np.interp(np.arange(256), (0, 128, 255), [c[n] for c in share]) for n in range(3)], 1).astype(
        np.uint8
    )
    land.lay(window, pane * lit * (0.55 + 0.45 * dark), luck / (0.16 + 0.5 * dark), ramp)


def lay_street(land: Terrain, dark: float) -> None:
    """Paint the street with its markings in perspective, pavements with slabs, and lamps along both sides."""
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    grain, fine = land.grain(u * 0.8, v * 1.4), land.grain(u * 3.0, v * 5.0)
    land.lay(window, None, 0.6 - 0.2 * near + (fine - 0.5) * 0.4, land.ramp((66, 66, 78), (148, 144, 148), haze=0.1))
    half = (0.05 + 0.45 * near) / land.across
    slab = np.maximum(smooth(np.abs(np.sin(v * 30.0)), 0.16, 0.0), smooth(np.abs(np.sin(u * 20.0)), 0.1, 0.0))
    land.lay(
        window,
        (slab * 0.45 * smooth(near, 0.05, 0.3)).astype(np.float32),
        0.0 * u,
        land.ramp((50, 50, 62), (50, 50, 62)),
    )
    off = np.abs(window.x - 0.5)
    pixel = 1.2 / len(land.x)
    road = smooth(off - half, pixel, -pixel)
    land.lay(
        window,
        road,
        0.5 - 0.25 * near + (grain - 0.5) * 0.5 + (fine - 0.5) * 0.4,
        land.ramp((28, 30, 40), (62, 64, 76), (112, 112, 122)),
    )
    kerb = smooth(np.abs(off - half - 0.008 * near), 0.004 + 0.012 * near, 0.002 + 0.008 * near)
    land.lay(window, kerb, 0.5 + 0 * u, land.ramp((176, 172, 172), (196, 192, 190)))
    dash = smooth(np.sin(v * 7.5 + 0.6), -0.1, 0.1) * smooth(off, 0.004 + 0.014 * near, 0.002 + 0.012 * near)
    edge = smooth(np.abs(off - half * 0.9), 0.003 + 0.008 * near, 0.001 + 0.006 * near)
    paint = (np.maximum(dash, edge * 0.7) * smooth(fine, 0.2, 0.4)).astype(np.float32)
    land.lay(window, paint, dash, land.ramp((220, 220, 216), (252, 222, 110)))
    if dark > 0.3:
        sheen = np.exp(-((off / (0.1 + 0.3 * near)) ** 2)) * (1 - near) * 0.4 * dark
        land.lay(window, sheen.astype(np.float32), 0.5 + 0 * u, land.ramp((255, 200, 110), (255, 200, 110)))


def wall_street(land: Terrain, dark: float) -> None:
    """Paint the houses that line the street at both sides, running away from the viewer, with shops at their feet."""
    inner = max(0.33, abs(land.middle - 0.5) + 0.26)
    off = np.maximum(np.abs(land.x - 0.5), 0.05) * 2.0
    away = 1.0 / off
    blocks = np.floor(away * 3.1).astype(np.int64)
    right = land.x > 0.5
    tall = land.rng.uniform(0.42, 0.64, 64)[(blocks + 32 * right) % 64]
    tone = land.rng.uniform(-0.12, 0.12, 64)[(blocks + 32 * right) % 64]
    seen = off > inner * 2.0
    foot = land.horizon + 0.42 * (1.0 - land.horizon) * off
    top = np.where(seen, land.horizon - tall * off, 2.0)
    if not seen.any():
        return
    window = land.window(max(float(top.min()), 0.0))
    cover = land.below(window, top) * (1.0 - land.below(window, foot)) * seen
    rise = (foot - window.y) / off
    facing = np.where(right == (land.light > 0), 0.16, -0.16)
    grain = land.grain(window.x * land.across * 1.5, window.y * land.down * 1.5)
    shade = 0.46 + facing + tone + (grain - 0.5) * 0.3 + 0.25 * np.exp(-np.maximum(window.y - top, 0) / 0.006)
    land.lay(window, cover.astype(np.float32), shade, land.ramp((30, 24, 38), (112, 82, 80), (190, 156, 136)))
    storey, along = rise / 0.085, away * 12.4
    level, column = np.floor(storey), np.floor(along)
    frame = smooth(np.abs(storey - level - 0.5), 0.34, 0.28) * smooth(np.abs(along - column - 0.5), 0.32, 0.24)
    pane = (frame * (level > 0) * cover * (window.y > top + 0.012)).astype(np.float32)
    luck = land.rng.random((61, 64)).astype(np.float32)[
        level.astype(np.int64) % 61, (column.astype(np.int64) + 31 * right) % 64
    ]
    lit = luck < 0.14 + 0.46 * dark
    shop = (smooth(np.abs(storey - 0.5), 0.42, 0.36) * smooth(np.abs(along / 2 % 1 - 0.5), 0.46, 0.42) * cover).astype(
        np.float32
    )
    glass = land.ramp((24, 30, 52), (84, 108, 140), (190, 210, 226))
    land.lay(window, np.maximum(pane * ~lit, shop * 0.7).astype(np.float32), 0.24 + 0.5 * luck - 0.2 * dark, glass)
    warm = [mix(c, land.palette.tone(0.9), 0.5 * land.palette.ground_share) for c in ((240, 158, 60), (255, 246, 204))]
    ramp = np.stack([np.interp(np.arange(256), (0, 255), [c[n] for c in warm]) for n in range(3)], 1).astype(np.uint8)
    glow = np.maximum(pane * lit, shop * (0.2 + 0.7 * dark)).astype(np.float32)
    land.lay(window, glow * np.float32(0.6 + 0.4 * dark), luck * 1.4, ramp)


def stand_lamps(land: Terrain, dark: float) -> None:
    """Stand street lamps at both kerbs, larger towards the viewer, glowing when it is dark."""
    post, lamp = (
        mix((40, 42, 54), (20, 20, 30), dark),
        mix((255, 250, 224), land.palette.tone(0.95), 0.3 * land.palette.ground_share),
    )
    for near in (0.04, 0.16, 0.42):
        y = land.horizon + (1 - land.horizon) * near
        tall = 0.05 + 0.33 * near
        for way in (-1, 1):
            x = 0.5 + way * (0.06 + 0.5 * near) / land.across
            if abs(x - land.middle) < 0.12:
                continue
            arm = x - way * tall * 0.22 / land.across
            head = y - tall
            land.brush.lines(post, [[(x, y), (x, head), (arm, head - 0.01 * tall)]], 0.003 + 0.008 * near)
            if dark > 0.25:
                canvas = land.brush.layer.copy()
                land.brush.oval(
                    lamp, (arm, head + tall * 0.04), (tall * 0.2 / land.across, tall * 0.2 / land.down), glow=True
                )
                land.brush.layer[:] = (canvas * 0.75 + land.brush.layer * 0.25).astype(np.uint8)
            land.brush.oval(
                lamp, (arm, head + tall * 0.02), (tall * 0.07 / land.across, tall * 0.035 / land.down), glow=True
            )
