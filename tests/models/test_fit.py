"""A film is compared with the models it names while it is checked: sizes, classes, kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.models import find, fitted, refuse_unknown
from pipeline.models.fit import refused_class
from pipeline.schedule import study

CATALOGUE = Path(find("painted-world-128").path).parents[1] / "catalogue.yaml"
EMBEDDED = Path(__file__).parents[2] / "configs" / "embedded.yaml"
TAUGHT = """
taught:
  kind: diffusion
  purpose: Was taught ten classes.
  file: taught.pt
  bytes: null
  sha256: null
  licence: MIT
  architecture:
    unet: {image_size: 64, in_channels: 3, model_channels: 32, out_channels: 6, num_res_blocks: 1, num_classes: 10,
      attention_resolutions: [2], channel_mult: [1, 1], use_scale_shift_norm: true, resblock_updown: false}
    unshuffle: 1
    schedule: linear
    predicts: eps
    learn_sigma: true
    recommended_size: {height: 64, width: 64}
    size_multiple: 2
"""
PLAIN = TAUGHT.replace("taught", "plain").replace("num_classes: 10,", "")
TOLD = PLAIN.replace("plain", "told").replace(
    "    size_multiple: 2\n", "    size_multiple: 2\n    text: {perceptor: painted-clip-a, features: 8}\n"
)


def read(folder: Path, text: str, *overrides: str, more: str = ""):
    """Read a film and compare it with the models that come along, one that was taught classes, and the secondary.

    The preset `fine.yaml` is the embedded one, which leaves odder sizes to the models.
    """
    catalogue = folder / "catalogue.yaml"
    catalogue.write_text(CATALOGUE.read_text(encoding="utf-8") + TAUGHT + more, encoding="utf-8")
    (folder / "checkpoints.yaml").write_text(
        (CATALOGUE.parent / "checkpoints.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    head = "" if text.startswith("prompts") else "prompts: a\n"
    (folder / "film.yaml").write_text(f"{head}{text}\n", encoding="utf-8")
    finer = EMBEDDED.read_text(encoding="utf-8").replace("size_multiple: 32", "size_multiple: 16")
    (folder / "fine.yaml").write_text(finer, encoding="utf-8")
    plain = () if "upscale" in text else ("film.upscale=off",)  # the weights of the preset's are not in this folder
    reading = study(folder / "film.yaml", overrides=(*plain, *overrides))
    return fitted(reading, catalogue=catalogue)


@pytest.mark.parametrize(
    ("text", "override", "message"),
    [
        ("look: {class: 3}", "fps=12", ":2:15: look.class is 3, and painted-world-128 has no classes; write none"),
        (
            "",
            "models.diffusion=taught",
            ": look.class is none, and taught has 10 classes; write random, or a number from 0",
        ),
        (
            "look: {class: 10}",
            "models.diffusion=taught",
            ":2:15: look.class is 10, and taught has 10 classes; write random",
        ),
        (
            "",
            "models.diffusion=painted-clip-a",
            "models.diffusion painted-clip-a is a clip model; name a diffusion model",
        ),
        (
            "",
            "models.secondary=painted-clip-a",
            "models.secondary painted-clip-a is a clip model; name a secondary model",
        ),
        (
            "size: 80x64\npreset: fine.yaml",
            "models.diffusion=256x256_diffusion_uncond",
            ":2:7: size 80x64 does not fit 256x256_diffusion_un",
        ),
    ],
)
def test_what_a_model_cannot_draw_is_refused(tmp_path, text, override, message):
    with pytest.raises(KeyframeError) as caught:
        read(tmp_path, text, override)
    assert message in str(caught.value)


def test_the_secondary_model_has_a_size_rule_where_it_guides(tmp_path):
    free = ("models.diffusion=plain", "look.cfg_scale=0", "models.secondary=secondary")
    text = "size: 80x64\npreset: fine.yaml"
    with pytest.raises(KeyframeError, match=r"size 80x64 does not fit secondary, which takes multiples of 32; "):
        read(tmp_path, text, *free, "look.guidance_path=secondary", more=PLAIN)
    assert read(tmp_path, text, *free, more=PLAIN).film.size.width == 80


@pytest.mark.parametrize("label", ["random", "0", "9"])
def test_classes_that_are_there_are_accepted(tmp_path, label):
    reading = read(tmp_path, f"look: {{class: {label}}}", "models.diffusion=taught", "look.cfg_scale=0")
    assert reading.film.shots[0].plans[0].look.class_label == label


@pytest.mark.parametrize(("look", "found"), [("cfg_scale: 3", "3"), ("cfg_scale: 'where(p < 0.5, 2, 0)'", "2")])
def test_only_models_that_take_texts_are_told(tmp_path, look, found):
    told = read(tmp_path, f"look: {{{look}}}", "models.diffusion=told", more=TOLD)
    assert max(told.film.shots[0].plans[0].look.cfg_scale) == float(found)
    with pytest.raises(KeyframeError) as refused:
        read(tmp_path, f"look: {{{look}}}", "models.diffusion=plain", more=PLAIN)
    assert f":2:19: look.cfg_scale is {found}, and plain takes no texts; write 0" in str(refused.value)


def test_only_models_with_a_sketch_renew_frames(tmp_path):
    turning = "prompts: {0: a, 4: b}\nlook: {cfg_scale: 1, recall: 0%s}"
    told = read(tmp_path, turning % "", "models.diffusion=told", more=TOLD)
    assert not any(plan.look.renew for plan in told.film.shots[0].plans)
    with pytest.raises(KeyframeError) as refused:
        read(tmp_path, turning % ", renew: 0.3", "models.diffusion=told", more=TOLD)
    assert ":2:40: look.renew is 0.3, and told has no sketch of texts; write 0" in str(refused.value)
    embedded = read(tmp_path, turning % ", renew: 0.3").film.shots[0].plans
    assert {plan.look.renew for plan in embedded} == {0.3}


@pytest.mark.parametrize(
    ("wanted", "n_classes", "is_refused"),
    [("none", None, False), ("random", None, True), ("none", 5, True), ("4", 5, False), ("5", 5, True)],
)
def test_which_classes_are_refused(wanted, n_classes, is_refused):
    assert (refused_class(wanted, n_classes) is not None) == is_refused


@pytest.mark.parametrize(
    ("size", "warning"),
    [
        ("128x128", ""),
        ("256x256", ""),  # four times the pixels of 128x128, and no more
        ("256x288", "size 256x288 is more than 4 times as large as 128x128, which painted-world-128 was made for"),
        ("64x64", ""),
        ("32x96", "size 32x96 is more than 4 times as small as 128x128, which painted-world-128 was made for"),
    ],
)
def test_a_size_far_from_the_models_own_is_warned_of(tmp_path, size, warning):
    notices = read(tmp_path, f"size: {size}").film.notices
    assert [notice.what for notice in notices] == ([warning] if warning else [])
    assert all(str(notice.mark).endswith("film.yaml:2:7") and notice.code == "size-far" for notice in notices)
    assert read(tmp_path, f"size: {size}\nsilence: size-far").film.notices == ()


ENLARGING = """
absent:
  kind: upscaler
  purpose: Has no weights.
  file: absent.safetensors
  bytes: 7
  sha256: "abababababababababababababababababababababababababababababababab"
  licence: MIT
  architecture: {features: 8, convolutions: 2, times: 4}
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absnt", "no model that enlarges is called 'absnt'; did you mean 'absent'? (known: lanczos, painted-upsc"),
        ("net", "; a file's path has a slash: ./net"),
        (
            "painted-clip-a",
            "painted-clip-a is a clip model; name an upscaler model, or write lanczos; `pipeline models",
        ),
        ("absent", "absent.safetensors: the weights of 'absent' are not there (expected: 7 bytes, sha256 abab"),
        ("absent", "; restore the file, or write upscaler: lanczos"),
    ],
)
def test_an_upscaler_that_cannot_be_is_refused_by_its_line(tmp_path, name, message):
    with pytest.raises(KeyframeError) as caught:
        read(tmp_path, f"film: {{upscale: 4x, upscaler: {name}}}", more=ENLARGING)
    assert ":2:31: " in str(caught.value)
    assert message in str(caught.value)
    read(tmp_path, "film: {upscale: 4x, upscaler: lanczos}", more=ENLARGING)


@pytest.mark.parametrize("preset", ["embedded", "imagenet-512", "imagenet-256", "pixel-art"])
def test_the_presets_fit_their_models(tmp_path, preset):
    (tmp_path / "film.yaml").write_text(f"preset: {preset}\nprompts: a\n", encoding="utf-8")
    reading = study(tmp_path / "film.yaml")
    refuse_unknown(reading.film.engine)
    assert fitted(reading).film.notices == ()
