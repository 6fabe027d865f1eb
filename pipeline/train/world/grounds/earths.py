"""Bare grounds: dunes of sand, a canyon of red rock, and land of cooling lava."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Colour, mix
from ..terrain import Field, Terrain, crack_tile, smooth
from .heights import craggy, draw_boulders


def paint_desert(land: Terrain) -> None:
    """Paint dunes with sharp crests, a lit and a shaded flank each, and wind ripples that grow towards the viewer."""
    window = land.window(land.horizon)
    land.lay(window, None, 0.7 + 0.0 * window.x + 0 * window.y, land.ramp((214, 160, 92), (246, 214, 150), haze=0.3))
    count = 5
    for index, y in enumerate((land.horizon + 0.004, *land.rows(count, 1.3)[1:])):
        heap_dune(land, y, index / (count - 1))


def heap_dune(land: Terrain, y: float, depth: float) -> None:
    """Paint one row of dunes at `y`: their outline, the crest that winds down from each top, and their ripples."""
    peaks = 3 if depth < 0.3 else 2
    profile = y + 0.03 + 0.03 * depth + land.line((0.8, 1.9), 0.008 + 0.008 * depth)
    tall = (0.055 + 0.085 * depth) * (0.75 if depth > 0.6 else 1.0)
    tops = []
    for n in range(peaks):
        x = float((n + land.rng.uniform(0.1, 0.9)) / peaks)
        rise, wide = tall * land.rng.uniform(0.6, 1.2), land.rng.uniform(0.2, 0.34)
        away = (land.x - x) / wide
        lee = away * land.light > 0
        profile = profile - rise * np.where(lee, np.exp(-(np.abs(away) ** 1.15) * 2.2), np.exp(-(np.abs(away) ** 1.5)))
        tops.append((x, rise))
    profile = profile.astype(np.float32)
    window = land.window(float(profile.min()) - 0.003, min(y + 0.16 + 0.24 * depth, 1.0))
    drop = window.y - profile
    warp = land.mottle(window, 0.8)
    lit = 0.76 - 0.18 * smooth(drop, 0.0, 0.1 + 0.12 * depth) + (warp - 0.5) * 0.34
    dark = np.zeros_like(warp)
    for x, rise in tops:
        tip = float(np.interp(x, land.x, profile))
        fall = np.maximum(window.y - tip, 0.0) / (rise * 1.9 + 0.02)
        crest = x + land.light * (0.05 * np.sin(fall * 4.2) + 0.1 * fall * fall) - land.light * 0.05 * fall
        flank = smooth((window.x - crest) * land.light, -0.0025, 0.006)
        dark = np.maximum(dark, flank * smooth((window.x - x) * land.light, 0.34, 0.16) * smooth(fall, 1.25, 0.35))
    across = window.x * land.across
    phase = np.log(np.maximum(window.y - land.horizon, 0.004)) * 34.0 + across * 5.0 * land.light + warp * 16.0
    ripples = np.sin(phase) * (0.03 + 0.1 * depth) * smooth(drop, 0.0, 0.05)
    rim = np.exp(-drop / (0.004 + 0.004 * depth)) * 0.2
    sparkle = land.grain(across * 3.0, window.y * land.down * 6.0)
    shade = lit + rim + ripples * (1.0 - 0.5 * dark) + (sparkle - 0.5) * 0.1 - dark * (0.5 + 0.08 * depth)
    ramp = land.ramp((112, 58, 48), (176, 104, 62), (228, 168, 94), (255, 226, 160), haze=0.42 * (1 - depth) ** 1.5)
    land.lay(window, land.below(window, profile), shade, ramp)


ROCK: tuple[Colour, ...] = ((74, 24, 28), (148, 56, 38), (206, 96, 56), (240, 156, 98))


def paint_canyon(land: Terrain) -> None:
    """Paint mesas far off, then walls of layered red rock that step up at both sides, and a sandy floor between."""
    mesas = land.horizon + 0.01 - stepped(land, 7, 0.03, 0.17)
    cliff(land, mesas, land.horizon + 0.03, 0.44, 5.0)
    mesas = land.horizon + 0.02 - stepped(land, 5, 0.0, 0.15)
    cliff(land, mesas, land.horizon + 0.04, 0.24, 3.6)
    window = land.window(land.horizon + 0.006)
    near, u, v = land.floor(window)
    grain, fine = land.grain(u * 0.25, v * 0.9), land.grain(u * 1.2, v * 3.6)
    sand = land.ramp((136, 62, 42), (206, 122, 74), (244, 186, 128), haze=0.05)
    land.lay(window, None, 0.72 - 0.3 * near + (grain - 0.5) * 0.7 + (fine - 0.5) * 0.4, sand)
    for depth, (inner, tall) in enumerate(((0.2, 0.3), (0.33, 0.46))):
        wall_in(land, inner, tall, depth)
    draw_boulders(land, 8)


def stepped(land: Terrain, count: int, low: float, high: float) -> Field:
    """Return the heights of flat-topped buttes over all columns, low near the subject."""
    total = np.full_like(land.x, 0.012)
    for n in range(count):
        x, wide = (n + land.rng.uniform(0.0, 1.0)) / count, land.rng.uniform(0.03, 0.09)
        clear = min(abs(x - land.middle) / 0.4, 1.0)
        tall = (low + (high - low) * clear) * land.rng.uniform(0.55, 1.0)
        away = np.abs(land.x - x)
        tower = smooth(away, wide + 0.012, wide) * 0.72 + 0.28 * smooth(away, wide * 2.1, wide * 1.05)
        total = np.maximum(total, tower * tall)
    return total


def cliff(land: Terrain, profile: Field, foot: float, haze: float, scale: float) -> None:
    """Paint rock below a profile: level bands of colour, upright cracks, lit on flanks that face the light."""
    chips = np.interp(land.x, np.linspace(0, 1, 90), land.rng.uniform(-1, 1, 90)).astype(np.float32)
    profile = profile + chips * 0.006
    window = land.window(float(profile.min()) - 0.004, foot)
    across = window.x * land.across
    cracks = land.grain(across * scale * 1.1, window.y * land.down * scale * 0.1)
    rough = land.mottle(window, scale * 0.7)
    bands = land.grain(across * 0.06, window.y * land.down * scale * 0.55 + (rough - 0.5) * 0.05)
    slope = np.tanh(np.gradient(profile, land.x) * land.light * 0.5)
    drop = window.y - profile
    ledge = np.exp(-drop / 0.012) * 0.22
    shade = 0.5 + 0.28 * slope * -1 + (bands - 0.5) * 1.3 + (cracks - 0.5) * 0.95 + (rough - 0.5) * 0.3 + ledge
    land.lay(window, land.below(window, profile), shade, land.ramp(*ROCK, haze=haze))


def wall_in(land: Terrain, inner: float, tall: float, depth: int) -> None:
    """Paint the canyon's walls at both sides: terraces that step down towards the clear middle."""
    for way in (-1, 1):
        edge = 0.5 + way * (inner + land.rng.uniform(-0.03, 0.03))
        into = (land.x - edge) * way
        climb = np.zeros_like(land.x)
        for step in range(4):
            climb = (
                climb
                + smooth(into, 0.05 * step - 0.006 + 0.03 * depth * step, 0.05 * step + 0.02 + 0.03 * depth * step)
                * (0.4, 0.26, 0.2, 0.14)[step]
            )
        ragged = land.line((5.0, 11.0, 23.0), 0.006)
        base = land.horizon + 0.04 + 0.15 * depth + np.clip(into, 0, 1) * (0.25 + 0.5 * depth)
        profile = np.where(
            into > -0.02, base - climb * tall * land.rng.uniform(0.85, 1.1) - 0.2 * np.clip(into, 0, 1) + ragged, 2.0
        )
        paint_wall(land, profile.astype(np.float32), base.astype(np.float32), into, way, depth)


def paint_wall(land: Terrain, profile: Field, base: Field, into: Field, way: int, depth: int) -> None:
    """Paint one side's wall between its outline and its foot, in light or in shade by the side it stands on."""
    window = land.window(float(profile.min()) - 0.01, min(float(base.max()), 1.0))
    scale = 2.4 - 0.8 * depth
    across = window.x * land.across
    rough = land.mottle(window, scale * 0.8)
    cracks = land.grain(across * scale * 1.5, window.y * land.down * scale * 0.13)
    tilt = (window.y - 0.1 * np.clip(into, 0, 1)) * land.down
    bands = land.grain(across * 0.05, tilt * scale * 0.6 + (rough - 0.5) * 0.06)
    seams = smooth(np.abs(np.sin(tilt * 52.0 + (rough - 0.5) * 3.0 + bands * 9.0)), 0.16, 0.0) * 0.26
    drop = window.y - profile
    facing = 0.2 if way == land.light else -0.13
    terrace = np.exp(-np.maximum(drop, 0) / 0.02) * (0.3 if way == land.light else 0.16)
    shade = 0.46 + facing + (bands - 0.5) * 1.3 + (cracks - 0.5) * 1.0 + (rough - 0.5) * 0.34 + terrace - seams
    shade = shade - 0.16 * smooth(drop, 0.05, 0.5)
    foot = smooth(window.y - base - (rough - 0.5) * 0.05, 0.004, -0.004)
    cover = np.ascontiguousarray(land.below(window, profile) * foot)
    land.lay(window, cover, shade, land.ramp(*ROCK, haze=0.14 - 0.14 * depth))


def paint_lava(land: Terrain) -> None:
    """Paint a glowing volcano far off with its smoke, and dark plates of rock between cracks of fire."""
    share = 0.62 * float(smooth(np.float32(land.palette.ground_share), 0.58, 0.76))
    fire = [
        mix(c, land.palette.tone(t), share)
        for c, t in (((150, 16, 8), 0.4), ((255, 84, 10), 0.66), ((255, 182, 50), 0.88), ((255, 250, 190), 1.0))
    ]
    heat = np.stack([np.interp(np.arange(256), (0, 95, 175, 255), [c[n] for c in fire]) for n in range(3)], 1).astype(
        np.uint8
    )
    raise_volcano(land, heat)
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    rough, fine = land.grain(u * 0.5, v * 1.0), land.grain(u * 2.0, v * 4.0)
    land.lay(
        window,
        None,
        0.3 + (rough - 0.5) * 0.9 + (fine - 0.5) * 0.9 + 0.22 * (1 - near),
        land.ramp((20, 14, 20), (58, 46, 54), (118, 98, 100), haze=0.04),
    )
    bend = (land.grain(u * 0.6, v * 1.2) - 0.5) * 0.1
    seam = land.grain(u * 0.42 + bend, v * 0.17 + bend, crack_tile())
    wide = 0.1 + 0.12 * smooth(rough, 0.4, 0.8) + 0.1 * (1 - near)
    flow = smooth(seam, wide * 1.15, wide * 0.35)
    glow = np.exp(-np.clip(seam - wide * 0.6, 0, 9) / 0.2) * (0.55 + 0.2 * (1 - near))
    land.lay(window, (glow * 0.8).astype(np.float32), glow * 0.55, heat)
    ember = 1.0 - seam / wide * 0.75 + (fine - 0.5) * 0.7
    land.lay(window, flow, ember, heat)
    for x, y, size in land.rng.random((30, 3)):
        r = 0.0014 + 0.0034 * size * size
        spot = land.horizon - 0.12 + (1.1 - land.horizon) * y
        if spot > land.horizon:
            land.brush.oval(fire[2], (x, spot), (r / land.across, r / land.down), glow=True)


def raise_volcano(land: Terrain, heat: np.ndarray) -> None:
    """Paint a range of dark rock, and in it a volcano with streams of lava, on the side away from the subject."""
    way = -1 if land.middle > 0.5 else 1
    x, top = 0.5 + way * land.rng.uniform(0.27, 0.34), land.horizon - land.rng.uniform(0.27, 0.36)
    ridge = np.array(
        [
            (0.5 + n * 0.17 + land.rng.uniform(-0.05, 0.05), land.horizon - land.rng.uniform(0.05, 0.12), 0.7)
            for n in (-3, -2, -1, 0, 1, 2, 3)
        ]
    )
    craggy(land, ridge, land.ramp((58, 40, 52), (124, 96, 100), haze=0.4), None, land.horizon + 0.01, 0.0, 0.5)
    rocks = land.ramp((24, 16, 24), (70, 52, 58), (132, 104, 102), haze=0.12)
    cone = np.array([(x, top - 0.035, 1.25), (x - 0.17, land.horizon - 0.1, 0.8), (x + 0.18, land.horizon - 0.12, 0.8)])
    window = land.window(top - 0.06, land.horizon + 0.01)
    kept = land.brush.layer[window.first : window.last].copy()
    craggy(land, cone, rocks, None, land.horizon + 0.01, 0.0, 0.25)
    rim = top + 0.006 * np.sin(window.x * 90.0) + 0.9 * np.abs(window.x - x) * 0.05
    part = land.brush.layer[window.first : window.last]
    gone = np.broadcast_to(1.0 - land.below(window, rim), part.shape[:2])
    part[:] = cv2.blendLinear(kept, part, np.ascontiguousarray(gone), np.ascontiguousarray(1.0 - gone))
    fall = np.clip((window.y - top) / (land.horizon - top), 0.0, 1.0)
    wander = land.grain(window.x * 0.4 * land.across, window.y * 1.8 * land.down)
    hot = np.zeros_like(wander)
    for lean, wide in ((0.0, 0.012), (-0.5, 0.007), (0.55, 0.008)):
        middle = x + lean * fall * 0.24 + (wander - 0.5) * 0.09 * fall
        hot = np.maximum(
            hot,
            smooth(np.abs(window.x - middle), wide * (1.3 + 0.6 * fall), wide * 0.3)
            * smooth(fall, 1.0 - abs(lean) * 0.5, 0.6 - abs(lean) * 0.5),
        )
    crater = smooth(np.abs(window.x - x), 0.05, 0.02) * smooth(window.y, top + 0.03, top + 0.004)
    hot = np.maximum(hot, crater) * land.below(window, rim)
    land.lay(window, hot, 0.45 + 0.5 * hot - 0.2 * fall, heat)
