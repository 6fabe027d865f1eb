"""Saved notebooks, and cells copied out of them: what their forms set is a film; nothing in them is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.importing import notebook

FORMS = """
!nvidia-smi
#@markdown ### Basic
batch_name = 'mine' #@param{type: 'string'}
display_rate = 20 #@param{type: 'number'}
intermediate_saves = 0#@param{type: 'raw'}
steps = 240 #@param [25,50,100]{type: 'raw', allow-input: true}
width_height_for_512x512_models = [1280, 700]#@param{type: 'raw'}
width_height_for_256x256_models = (512, 448) # @param{type: 'raw'}
clip_guidance_scale = 6000 #@param{type: 'number'}
init_image = None #@param{type: 'string'}
set_seed = '7' #@param{type: 'string'}
cut_overview = "[12]*300+[4]*700" #@param {type: 'string'}

def help(pictures):
    steps = 3
    eta = 0.1
    return {"prompts": [
        pictures]}
"""
MOVES = """
animation_mode = '2D' #@param ['None', '2D', '3D', 'Video Input'] {type:'string'}
max_frames = 10000#@param {type:"number"}
if animation_mode == "Video Input":
    max_frames = len(glob(f'{folder}/*.jpg'))
max_frames = 90 #@param
angle = "0:(0), 60: (2)"#@param {type:"string"}
"""
PROMPTS = """text_prompts = {
    # the first one
    0: ["A lighthouse, #trending", 'yellow color scheme:2'],  # two
    60: ["It's a castle, "
         "seen from below"],
}
image_prompts = {
    # 0:['picture.png:2',],
}
"""


def as_notebook(*cells: str) -> dict:
    """Return a notebook of code cells, and of one that only talks."""
    code = [{"cell_type": "code", "metadata": {}, "source": cell.splitlines(keepends=True)} for cell in cells]
    return {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["steps = 9 #@param"]}, *code]}


def test_forms_and_prompts_of_a_notebook_are_a_film(bring) -> None:
    found = bring(as_notebook(FORMS, MOVES, PROMPTS))
    film, plans = found.film, found.film.shots[0].plans
    assert found.report.kind == "Disco Diffusion"
    assert (film.n_frames, film.size.width, film.size.height) == (90, 1280, 640)
    assert "\nseed: 7 " in found.path.read_text(encoding="utf-8")
    assert (plans[0].look.steps, plans[0].look.guidance_scale[0]) == (240, 6000)
    assert [(each.text, each.weight) for each in plans[0].prompts] == [
        ("A lighthouse, #trending", 1.0),
        ("yellow color scheme:2", 2.0),  # its CLIP read the weight, too
    ]
    assert plans[60].prompts[0].text == "It's a castle, seen from below"
    assert "passed over, since they are the notebook's own: intermediate_saves" in found.report.notes
    assert not [entry.key for entry in found.report.of("unsupported")]
    assert found.report.entries["width_height_for_256x256_models"].verdict == "dropped"


def test_the_model_chooses_between_the_sizes(bring) -> None:
    model = 'diffusion_model = "256x256_diffusion_uncond" #@param ["a", "b"]\n'
    film = bring(as_notebook(FORMS + model, PROMPTS)).film
    assert (film.size.width, film.size.height) == (512, 448)


def test_a_still_tells_of_its_batches(bring) -> None:
    found = bring(as_notebook(PROMPTS, "n_batches = 50 #@param{type: 'number'}"))
    assert found.film.n_frames == 1
    assert "--takes 50" in found.report.entries["n_batches"].why


def test_deforums_forms_stand_in_functions(bring) -> None:
    animation = """def DeforumAnimArgs():
    animation_mode = '3D' #@param ['None', '2D', '3D'] {type:'string'}
    max_frames = 30 #@param {type:"number"}
    translation_z = "0:(4)"#@param {type:"string"}
    return locals()
"""
    arguments = """prompts = ["a forest", # of a still
]
animation_prompts = {
    0: "an apple",
    20: "a banana",
}
def DeforumArgs():
    W = 512 #@param
    H = 448 #@param
    W, H = map(lambda x: x - x % 64, (W, H))
    return locals()
"""
    found = bring(as_notebook(animation, arguments))
    plans = found.film.shots[0].plans
    assert found.report.kind == "Deforum"
    assert (found.film.n_frames, found.film.size.width, found.film.size.height) == (30, 512, 448)
    assert (plans[0].prompts[0].text, plans[29].prompts[0].text) == ("an apple", "a banana")


def test_a_cell_that_was_copied_is_enough(bring) -> None:
    found = bring(PROMPTS + "width_height = [640, 384]\nmax_frames = 70\n", mode="2D")
    film = found.film
    assert (found.report.kind, film.n_frames, film.size.width) == ("Disco Diffusion", 70, 640)
    assert film.shots[0].plans[65].prompts[0].text == "It's a castle, seen from below"


def test_prompts_by_frame_with_a_size_are_discos(bring) -> None:
    found = bring({"text_prompts": {"0": ["a lighthouse"]}, "width_height": [1300, 768]})
    assert (found.report.kind, found.film.size.width) == ("Disco Diffusion", 1280)
    assert "64" in found.report.entries["width_height"].why


def test_a_mistake_is_shown_where_it_stands(bring) -> None:
    given = as_notebook("# one\n\nsteps = 'many' #@param\n", PROMPTS)
    with pytest.raises(KeyframeError) as caught:
        bring(json.dumps(given, indent=1))
    (complaint,) = caught.value.complaints
    assert complaint.what == "steps must be a number (found 'many')"
    written = json.dumps(given, indent=1).splitlines()[complaint.mark.line - 1]
    assert "steps = 'many'" in written
    assert written[complaint.mark.column - 1 :].startswith("steps")
    with pytest.raises(KeyframeError, match="width_height must be two numbers"):
        bring(as_notebook("width_height = 1280 #@param", PROMPTS))


def test_nothing_is_run(bring, tmp_path: Path) -> None:
    left = tmp_path / "left"
    writes = f"open({str(left)!r}, 'w').write('x')"
    cells = f"steps = {writes} #@param\nseed = (lambda: {writes})() #@param\neta = f'{{{writes}}}' #@param\n"
    found = bring(as_notebook(cells, PROMPTS, f"text_prompts = [{writes}]"))
    assert not left.exists()
    assert "not read, since they are no plain values: eta, seed, steps" in found.report.notes
    assert found.film.shots[0].plans[0].prompts[0].text == "A lighthouse, #trending"


@pytest.mark.parametrize(
    "value",
    [
        "[" * 60 + "]" * 60,
        "[" * 10_000,
        "{0: ['never ended'",
        "'never ended",
        "{1.5: 'a'}",
        "{0: {1, 2}}",
        "b'bytes'",
        "1j",
        "9" * 5000,
        "yield",
        "1; import os",
        "\\",
        "\x00",
    ],
)
def test_what_is_no_value_is_told_of_and_costs_nothing_else(bring, value: str) -> None:
    found = bring(as_notebook(f"steps = {value} #@param", PROMPTS))
    assert "not read, since they are no plain values: steps" in found.report.notes
    assert found.film.shots[0].plans[0].look.steps == 250


def test_only_so_much_is_read() -> None:
    cell = "steps = [ #@param\n" * 3000  # each of which would be read to the end
    forms = notebook.read_notebook(as_notebook(cell), "", frozenset({"steps"}))
    assert forms.values == {}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_every_plain_value_comes_back(value: object) -> None:
    forms = notebook.read_notebook(as_notebook(f"steps = {value!r} #@param"), "", frozenset({"steps"}))
    assert forms.values == {"steps": value}


@pytest.mark.parametrize("cells", [[], [3], [{"cell_type": "code"}], [{"cell_type": "code", "source": [1, None]}]])
def test_a_notebook_without_settings_is_nobodys(bring, cells: list) -> None:
    with pytest.raises(KeyframeError, match="these are the settings of no known program"):
        bring({"nbformat": 4, "cells": cells})
