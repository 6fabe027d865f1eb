"""Disco Diffusion's look: guidance, sampler, cuts over the denoising, skipped steps and symmetry."""

from __future__ import annotations

from ..schedule.progress import N_LEVELS, n_skipped, schedule_entries
from . import key_strings
from .disco_tables import CUTN, CUTS, SCALES, STILL, VIDEO
from .settings import Settings
from .sheet import number


def write_look(old: Settings, mode: str, steps: int) -> None:
    """Write all of `look:` but the steps and the models' path."""
    _scales(old, mode)
    _sampler(old)
    _fuzzy(old)
    _cuts(old)
    write_symmetry(old, mode, steps, _skip(old, mode, steps))


def _scales(old: Settings, mode: str) -> None:
    sheet, report = old.sheet, old.report
    sheet.put("look.base", "disco57", "what Disco Diffusion did otherwise, key by key in configs/looks/")
    if mode in (STILL, VIDEO):
        sheet.put("look.augmentations", "still" if mode == STILL else "video", "its chain for this mode")
        sheet.put("look.cut_hue", 0.1)
    if old.flag("skip_augs"):
        sheet.put("look.augmentations", "none", "skip_augs")
        report.exact("skip_augs", "look.augmentations")
    else:
        old.off("skip_augs")
    for key, default in SCALES.items():
        place = f"look.{key}".replace("clip_guidance", "guidance")
        old.take(key, place, old.number(key, default))
    if "range_scale" in old:
        report.exact("range_scale", "look.range_scale, which does nothing, as there (range_loss: inert)")
    batches = "video_init_cutn_batches" if mode == VIDEO else "cutn_batches"
    old.take(batches, "look.cutn_batches", old.whole(batches, 4))
    clamp = old.number("clamp_max", 0.05)
    if old.flag("clamp_grad", True):
        old.take("clamp_max", "look.clamp_grad", clamp, f"{old.source('clamp_max')}; clamp_grad")
        if "clamp_grad" in old:
            report.exact("clamp_grad", "look.clamp_grad")
    else:
        sheet.put("look.clamp_grad", 0, "clamp_grad: false")
        report.exact("clamp_grad", "look.clamp_grad")
        old.off("clamp_max")
    sheet.put("look.thresholding", "static" if old.flag("clip_denoised") else "none", old.source("clip_denoised"))
    if "clip_denoised" in old:
        report.exact("clip_denoised", "look.thresholding")


def _sampler(old: Settings) -> None:
    """Write the sampler; in v5.0 its name may stand under `sampling_mode`, which else says how pictures are read."""
    key = "diffusion_sampling_mode"
    if key not in old and str(old.values.get("sampling_mode")) in ("ddim", "plms"):
        key = "sampling_mode"
    said = old.text(key, "ddim") or "ddim"
    sampler = "ddim" if said == "ddim" else "plms"  # as there, anything else meant plms
    old.sheet.put("look.sampler", sampler, old.source(key))
    if key in old:
        old.report.exact(key, "look.sampler")
    eta = old.number("eta", 0.8)
    if sampler == "plms":
        old.sheet.put("look.eta", 0, "plms never had any")
        old.off("eta", why="plms did not use it")
    else:
        old.take("eta", "look.eta", eta)


def _fuzzy(old: Settings) -> None:
    amount = old.number("rand_mag", 0.05)
    if not old.flag("fuzzy_prompt"):
        old.off("fuzzy_prompt", "rand_mag")
        return
    old.take("rand_mag", "look.fuzzy", amount)
    old.sheet.put("look.fuzzy_copies", 25, "fuzzy_prompt: as many as there")
    why = "noise against a prompt's length, and without setting negative numbers to 0, which was a mistake there"
    old.report.about("fuzzy_prompt", "look.fuzzy, look.fuzzy_copies", why)
    if "rand_mag" in old:
        old.report.about("rand_mag", "look.fuzzy", why)


def _cuts(old: Settings) -> None:
    if "cutn" in old and "cut_overview" not in old:
        cutn = old.whole("cutn", CUTN)
        whole = max(0, cutn // 4 - 1)
        old.sheet.put("look.cut_overview", whole, "cutn")
        old.sheet.put("look.cut_innercut", cutn - whole, "cutn")
        old.sheet.put("look.cut_icgray_p", 0)
        old.report.about("cutn", "look.cut_overview, look.cut_innercut", "as many cuts in all, by the later cutter")
        return
    old.off("cutn", why="the schedules of cuts took its place")
    for key, default in CUTS.items():
        one_cut(old, key, default)


def one_cut(old: Settings, key: str, default: str) -> None:
    """Write one schedule of cuts over the denoising, or a number where it is one throughout."""
    said = old.raw(key, default)
    text = number(said) if isinstance(said, int | float) and not isinstance(said, bool) else str(said)
    try:
        runs = key_strings.step_runs(text if "[" in text else f"[{text}]*{N_LEVELS}")
    except key_strings.NoKeys as fault:
        do = "write it as [12]*400+[4]*600"
        old.complaints.add(old.document.mark(key), f"{key}: {fault}", do)
        return
    place, length, whys = f"look.{key}", sum(times for _, times in runs), []
    if length < N_LEVELS:
        whys.append(f"its {length} values are too few, and it stopped there; the last one goes on")
    if length > N_LEVELS:
        old.report.notes.append(f"{key} has {length} values, of which the first {N_LEVELS} were used, as here")
    runs = key_strings.cut_to(runs, N_LEVELS)
    if key == "cut_ic_pow" and any(value <= 0 for value, _ in runs):
        runs = [(value if value > 0 else 1e-6, times) for value, times in runs]
        whys.append("0 is 0.000001 here, with which inner cuts are as large as they were")
    if len({value for value, _ in runs}) == 1:
        old.take(key, place, runs[0][0])
    else:
        shown = "+".join(f"[{number(value)}]*{times}" for value, times in runs)
        old.sheet.put(place, f'"{shown}"', old.source(key))
        if key in old:
            old.report.exact(key, place)
    if whys:
        old.report.about(key, place, "; ".join(whys))


def _skip(old: Settings, mode: str, steps: int) -> float:
    """Write which share of the steps later frames leave out, such that it comes to the same whole number of them."""
    key, usual = ("video_init_frames_skip_steps", "70%") if mode == VIDEO else ("frames_skip_steps", "60%")
    if mode == VIDEO:
        old.off("frames_skip_steps", why="films over a video had video_init_frames_skip_steps")
    said = old.text(key, usual).strip()
    try:
        share = float(said.rstrip("%")) / 100 if said.endswith("%") else float(said)
    except ValueError:
        share = -1.0
    if mode == STILL:
        old.off("frames_skip_steps", why="a still has no later frames")
        return 0.0
    if not 0 <= share < 1:
        mark = old.document.mark(key)
        old.complaints.add(mark, f"{key} is '{said[:20]}'", "write a share such as 60%")
        return 0.0
    wanted = int(steps * share)
    share = share if n_skipped(steps, share) == wanted else wanted / steps
    old.sheet.put("look.skip", share, old.source(key))
    if key in old:
        old.report.exact(key, "look.skip")
    return share


def write_symmetry(old: Settings, mode: str, steps: int, skip: float) -> None:
    """Write at which moments of the denoising the picture was mirrored."""
    across, down = old.flag("use_horizontal_symmetry"), old.flag("use_vertical_symmetry")
    keys = ("use_horizontal_symmetry", "use_vertical_symmetry", "transformation_percent")
    said = old.raw("transformation_percent", [0.09])
    shares = [share for share in said if isinstance(share, int | float)] if isinstance(said, list) else [said]
    if not (across or down):
        old.off(*keys)
        return
    old.sheet.put(
        "look.symmetry", "both" if across and down else "horizontal" if across else "vertical", "use_*_symmetry"
    )
    first = _mirrored(shares, steps, 0.0)
    later = _mirrored(shares, steps, skip)
    if mode == STILL or first == later:
        old.sheet.put("look.symmetry_strength", f'"{first}"', "transformation_percent")
    else:
        old.sheet.put("look.symmetry_strength", f'{{0: "{first}", 1: "{later}"}}', "transformation_percent")
    for key, acts in zip(keys, (across, down, True), strict=True):
        if not acts:
            old.off(key)
        elif key in old:
            why = "at the same steps, of the predicted picture in place of the noisy one"
            old.report.about(key, "look.symmetry, look.symmetry_strength", why)


def _mirrored(shares: list, steps: int, skip: float) -> str:
    """Return a list over the denoising that is 1 at the steps that mirrored: i = int(n*(1 - share)), counted down."""
    entries = schedule_entries(steps, skip, "noise")
    n = len(entries)
    at = {n - 1 - int(n * (1 - share)) for share in shares}
    hits = sorted(entries[index] for index in at if 0 <= index < n)
    runs, done = [], 0
    for entry in hits:
        if entry > done:
            runs.append(f"[0]*{entry - done}")
        runs.append("[1]*1")
        done = entry + 1
    if done < N_LEVELS:
        runs.append(f"[0]*{N_LEVELS - done}")
    return "+".join(runs)
