"""DiscoArt's settings, as YAML or as it exported them: stills by Disco's method, most scales over the denoising.

It mended some of Disco's mistakes, so those keys of the look `disco57` are taken back: the range loss acts, each cut is
turned for itself, weights are not a part of the text.
"""

from __future__ import annotations

import re
from typing import Any

from ..schedule.progress import N_LEVELS
from ..schedule.prompt import WEIGHT_AT_END
from . import key_strings
from .disco_init import write_init
from .disco_look import one_cut, write_symmetry
from .disco_prompts import parted, quoted
from .disco_tables import CUTS, DIFFUSION, LARGE, STILL
from .engine import Models
from .pictures import Pictures
from .reading import finite
from .settings import Settings
from .sheet import number, one_line, prompt, scalar

NAME = "DiscoArt"
SCALES: dict[str, tuple[str, Any]] = {  # over the denoising: place, and what it is where a file says nothing
    "init_scale": ("init.scale", 1000),
    "clip_guidance_scale": ("look.guidance_scale", 5000),
    "tv_scale": ("look.tv_scale", 0),
    "range_scale": ("look.range_scale", 150),
    "sat_scale": ("look.sat_scale", 0),
    "clamp_max": ("look.clamp_grad", 0.05),
}
PLAIN = {  # what has no place here: what it did, and whether that has to be told
    **dict.fromkeys(("save_rate", "gif_fps", "gif_size_ratio", "batch_name", "name_docarray", "display_rate"), ""),
    **dict.fromkeys(("skip_event", "stop_event", "text_clip_on_cpu", "image_output", "visualize_cuts"), ""),
    **dict.fromkeys(("on_misspelled_token", "truncate_overlength_prompt", "init_document", "batch_size"), ""),
    **dict.fromkeys(("clip_sequential_evaluation", "fuzzy_prompt", "skip_augs", "rand_mag"), "did nothing there"),
    "randomize_class": "none of its models had classes",
    "perlin_mode": "",
}
KEYS = {
    *("text_prompts", "init_image", "width_height", "skip_steps", "steps", "cutn_batches", "diffusion_model"),
    *("diffusion_model_config", "use_secondary_model", "diffusion_sampling_mode", "perlin_init", "seed", "eta"),
    *("clamp_grad", "clip_denoised", "cut_schedules_group", "n_batches", "clip_models", "clip_models_schedules"),
    *("use_vertical_symmetry", "use_horizontal_symmetry", "transformation_percent", *SCALES, *CUTS, *PLAIN),
}
CLIPS = ("ViT-B-32::openai", "ViT-B-16::openai", "RN50::openai")
CALLED = {"PADexpanded": "pixelartdiffusion_expanded"}
OTHERS = (
    *("portrait_generator_v1.5", "256x256_openai_comics_faces_v2.by_alex_spirin_114k"),
    *("FeiArt_Handpainted_CG_Diffusion", "Ukiyo-e_Diffusion_All_V1.by_thegenerativegeneration"),
    "IsometricDiffusionRevrart512px",
)
PIXEL = {
    "cut_overview": "[15]*200+[12]*200+[6]*100+[4]*100+[2]*200+[0]*200",
    "cut_innercut": "[1]*200+[4]*200+[8]*200+[10]*400",
    "cut_ic_pow": "[12]*500+[10]*500",
    "cut_icgray_p": "[0.87]*100+[0.78]*50+[0.73]*50+[0.64]*60+[0.56]*40+[0.50]*50+[0.33]*100+[0.19]*150+[0]*400",
}
GROUPS = {
    "default": CUTS,
    "pad_or_pulp": PIXEL,
    "watercolor": {
        "cut_overview": "[14]*200+[12]*200+[4]*400+[0]*200",
        "cut_innercut": "[2]*200+[4]*200+[12]*600",
        "cut_ic_pow": PIXEL["cut_ic_pow"],
        "cut_icgray_p": "[0.7]*100+[0.6]*100+[0.45]*100+[0.3]*100+[0]*600",
    },
}


def import_discoart(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> Models:
    """Write the still that settings describe into their sheet, and return the models that drew it."""
    models = _models(old)
    steps = _head(old, models.diffusion)
    _look(old)
    write_symmetry(old, STILL, steps, 0.0)
    scale = old.values.pop("init_scale", None)  # may be a list over the denoising, which Disco's never was
    write_init(old, pictures, STILL, steps, 0)
    if scale is not None:
        old.values["init_scale"] = scale
    for key, (place, default) in SCALES.items():
        if key != "init_scale" or place in old.sheet.values:
            _over_steps(old, key, place, default)
    old.off("init_scale")
    _prompts(old)
    for key, why in PLAIN.items():
        if key not in old.report.entries:
            old.off(key, why=why)
    old.off(*(key for key in old.values if key.startswith("_")))
    return models


def _head(old: Settings, diffusion: str) -> int:
    said = old.raw("width_height", list(DIFFUSION.get(diffusion, (512, 448))))
    if not isinstance(said, list) or len(said) != 2 or not all(finite(side) and 64 <= side < 1e5 for side in said):
        old.complaints.add(old.document.mark("width_height"), "width_height must be two numbers", "write [1280, 768]")
        said = [1280, 768]
    width, height = (int(side) // 64 * 64 for side in said)
    old.sheet.put("frames", 1, "a still")
    old.sheet.put("size", f"{width}x{height}", old.source("width_height"))
    if "width_height" in old:
        rounded = [width, height] != said
        why = "rounded down to multiples of 64, as there"
        old.report.about("width_height", "size", why) if rounded else old.report.exact("width_height", "size")
    has_seed = old.values.get("seed") is not None
    old.sheet.put("seed", abs(old.whole("seed", 0)) if has_seed else 0, old.source("seed"))
    old.seen.add("seed")
    if has_seed:
        old.report.about("seed", "seed", "the number is the same, the noise drawn from it is another")
    else:
        old.off("seed", why="was drawn by chance; 0 here")
    old.batches()
    steps = max(1, old.whole("steps", 250))
    old.sheet.put("look.steps", steps, old.source("steps"))
    old.report.about("steps", "look.steps", "as many; here the first is pure noise and the last the finished picture")
    return steps


def _look(old: Settings) -> None:
    put = old.sheet.put
    put("look.base", "disco57", "what Disco Diffusion did otherwise, but for what follows")
    for key, value in (("augmentations", "still"), ("cut_draws", "each"), ("cut_grey_rule", "share")):
        put(f"look.{key}", value, "as in DiscoArt")
    put("look.cut_hue", 0.1)
    put("look.range_loss", "acts", "as in DiscoArt")
    put("look.weight_in_text", "left-out", "as in DiscoArt")
    put("look.prompt_weights", "l2", "as in DiscoArt")
    _over_steps(old, "cutn_batches", "look.cutn_batches", 4)
    sampler = "plms" if old.text("diffusion_sampling_mode", "ddim") == "plms" else "ddim"
    put("look.sampler", sampler, old.source("diffusion_sampling_mode"))
    if "diffusion_sampling_mode" in old:
        old.report.exact("diffusion_sampling_mode", "look.sampler")
    if sampler == "plms":
        put("look.eta", 0, "plms never had any")
        old.off("eta", why="plms did not use it")
    else:
        old.take("eta", "look.eta", old.number("eta", 0.8))
    put("look.thresholding", "static" if old.flag("clip_denoised") else "none", old.source("clip_denoised"))
    if "clip_denoised" in old:
        old.report.exact("clip_denoised", "look.thresholding")
    group = old.text("cut_schedules_group") or "default"
    if group in GROUPS:
        if "cut_schedules_group" in old:
            old.report.exact("cut_schedules_group", "look.cut_...")
    else:
        old.report.missing("cut_schedules_group", f"'{one_line(group, 30)}' is not known here; write its schedules out")
    for key, default in GROUPS.get(group, CUTS).items():
        if old.values.get(key, "") is None:
            del old.values[key]
            old.report.off(key, "null, so of its group")
        one_cut(old, key, default)


def _over_steps(old: Settings, key: str, place: str, default: Any) -> None:
    """Write a number, or a list over the denoising where it may follow it."""
    said = old.raw(key, default)
    if key == "clamp_max":
        clamp = str(old.raw("clamp_grad", True)).strip().lower()
        if clamp == "false":
            old.sheet.put(place, 0, "clamp_grad: false")
            old.report.exact("clamp_grad", place)
            old.off(key)
            return
        if "clamp_grad" in old:
            if clamp == "true":
                old.report.exact("clamp_grad", place)
            else:
                old.report.missing("clamp_grad", f"say where it acts in {place}: a value of 0 does not clamp")
    runs = _runs(said)
    if runs is None:
        mark = old.document.mark(key)
        old.complaints.add(mark, f"{key} must be a number or a list of 1000", "write [5000]*400+[8000]*600")
    elif len({value for value, _ in runs}) == 1:
        old.take(key, place, runs[0][0])
    elif place == "look.cutn_batches":
        old.take(key, place, max(value for value, _ in runs))
        old.report.about(key, place, "cannot follow the denoising here; the largest stands")
    else:
        old.sheet.put(place, f'"{_list(runs)}"', key)
        old.report.exact(key, place)


def _runs(said: Any) -> list[tuple[float, int]] | None:
    if finite(said):
        return [(float(said), N_LEVELS)]
    text = re.sub(r"\bTrue\b", "1", re.sub(r"\bFalse\b", "0", str(said)))
    try:
        return key_strings.cut_to(key_strings.step_runs(text), N_LEVELS)
    except key_strings.NoKeys:
        return None


def _list(runs: list[tuple[float, int]]) -> str:
    return "+".join(f"[{number(value)}]*{times}" for value, times in runs)


def _prompts(old: Settings) -> None:
    said = old.raw("text_prompts")
    items = said.get("prompts", []) if isinstance(said, dict) else [said] if isinstance(said, str) else said
    if not isinstance(items, list) or not items or not all(isinstance(item, str | dict) for item in items):
        mark = old.document.mark("text_prompts")
        old.complaints.add(mark, "text_prompts must be texts", "write a list such as [a lighthouse, 'fog:-0.5']")
        return
    old.sheet.prompts = ["0:", *(f"  - {_item(old, item)}" for item in items)]
    old.report.exact("text_prompts", "prompts")


def _item(old: Settings, item: str | dict) -> str:
    fields = {"text": item} if isinstance(item, str) else item
    said = " ".join(str(fields.get("text", "")).split())
    try:
        text, weight = parted(said)
    except ValueError:
        text, weight = said, 1.0
    more = ""
    if "weight" in fields:
        if finite(fields["weight"]):
            weight = float(fields["weight"])
        else:
            old.report.missing("text_prompts", "a weight that follows the denoising: prompts' weights cannot here")
    if fields.get("schedule") not in (None, True):
        old.report.missing("text_prompts", "a prompt with a schedule of its own: prompts act in every step here")
    if isinstance(fields.get("clip_guidance"), list):
        more = ", only: [" + ", ".join(quoted(_clip(str(name))) for name in fields["clip_guidance"]) + "]"
    ours = WEIGHT_AT_END.fullmatch(said)
    plain = (ours["text"], float(ours["weight"])) if ours else (said, 1.0)
    if plain == (text, weight) and not more:
        return scalar(prompt(said))
    return f"{{text: {quoted(prompt(text.strip()))}, weight: {number(weight)}{more}}}"


def _clip(name: str) -> str:
    return name.replace("::", "/")


def _models(old: Settings) -> Models:
    said = old.text("diffusion_model", LARGE) or LARGE
    known = (*DIFFUSION, *CALLED, *OTHERS)
    found = next((name for name in known if name.lower().startswith(said.lower())), None)
    if found is None:
        do = f"`pipeline models add` it and name it in the preset; {LARGE} stands there now"
        old.report.missing("diffusion_model", do)
    elif "diffusion_model" in old:
        old.report.exact("diffusion_model", f"models.diffusion: {CALLED.get(found, found)}")
    if old.raw("diffusion_model_config"):
        old.report.missing("diffusion_model_config", "the shape of a model is that of `pipeline models add --like`")
    else:
        old.off("diffusion_model_config")
    clips = old.raw("clip_models", list(CLIPS))
    names = [_clip(str(name)) for name in clips] if isinstance(clips, list) else []
    pattern = r"[A-Za-z0-9][\w.-]{0,79}/[A-Za-z0-9][\w.-]{0,79}"
    if not names or not all(re.fullmatch(pattern, name, re.ASCII) for name in names):
        mark = old.document.mark("clip_models")
        old.complaints.add(mark, "clip_models must be names", "write [ViT-B-32::openai, RN50::openai]")
        names = ["RN50/openai"]
    elif "clip_models" in old:
        old.report.exact("clip_models", f"models.clip: {', '.join(names)}")
    _clip_weights(old, names)
    runs = _runs(1 if (said_second := old.raw("use_secondary_model", True)) is True else said_second or 0) or []
    values = {value for value, _ in runs}
    if len(values) > 1 or not values:
        old.report.missing("use_secondary_model", "the path of guidance cannot change in a frame; the small model acts")
    elif "use_secondary_model" in old:
        old.report.exact("use_secondary_model", "look.guidance_path, models.secondary")
    has_secondary = values != {0.0}
    old.sheet.put("look.guidance_path", "secondary" if has_secondary else "unet", old.source("use_secondary_model"))
    return Models(CALLED.get(found, found) if found else LARGE, tuple(names), "secondary" if has_secondary else "")


def _clip_weights(old: Settings, names: list[str]) -> None:
    """Write in which part of the denoising each CLIP acts."""
    said = old.raw("clip_models_schedules")
    if not said:
        old.off("clip_models_schedules")
        return
    found = []
    for name, schedule in said.items() if isinstance(said, dict) else ():
        runs = _runs(1 if schedule is True else 0 if schedule is False else schedule)
        if runs and _clip(str(name)) in names:
            found.append(f'"{_clip(str(name))}": "{_list(runs)}"')
    if isinstance(said, dict) and len(found) == len(said):
        old.sheet.put("look.clip_weights", "{" + ", ".join(found) + "}", "clip_models_schedules")
        old.report.exact("clip_models_schedules", "look.clip_weights")
    else:
        mark = old.document.mark("clip_models_schedules")
        old.complaints.add(mark, "clip_models_schedules must be clip_models with lists", "write [True]*400+[False]*600")
