"""Engine facts: sorted texts that change with all that may change a pixel, known without loading anything."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from pipeline.errors import ModelError
from pipeline.models import Adopted, engine_facts, facts, find, load_clip, load_diffusion, record, refuse_absent, settle
from pipeline.types import Engine

ENGINE = Engine(diffusion_model="tiny-world", clip_models=("tiny-clip",), device="cpu", threads=2, precision="float32")


@pytest.fixture
def pins(catalogue):
    """Digests for the tiny models; no weights."""
    for name, digit in (("tiny-world", "a"), ("tiny-clip", "b"), ("tiny-world-2", "c")):
        record(name, Adopted(find(name, catalogue=catalogue).path, 1, digit * 64), catalogue=catalogue)
    return catalogue


def test_facts_are_sorted_texts_that_name_models_and_digests(pins):
    facts = engine_facts(ENGINE, catalogue=pins)
    assert list(facts) == ["clip models", "device", "diffusion model", "dtype", "program", "threads", "torch"]
    guided = engine_facts(replace(ENGINE, secondary_model="tiny-world-2"), catalogue=pins)
    assert guided == facts | {"secondary model": "tiny-world-2 " + "c" * 64}
    assert all(type(fact) is str and fact for fact in facts.values())
    assert facts["diffusion model"] == "tiny-world " + "a" * 64
    assert facts["clip models"] == "tiny-clip " + "b" * 64
    assert (facts["device"], facts["dtype"], facts["threads"]) == ("cpu", "float32", "2")
    assert facts["torch"].split("+")[0] == torch.__version__.split("+")[0]


@pytest.mark.goal("R19")
@pytest.mark.parametrize(
    "change",
    [
        {"threads": 1},
        {"device": "cuda"},
        {"diffusion_model": "tiny-world-2"},
        {"clip_models": ()},
        {"precision": "bfloat16"},
        {"batch": 2},
        {"compile": "on"},
        {"compile": "graphs"},
        {"secondary_model": "tiny-clip"},
        {"clip_models": ("tiny-clip", "tiny-clip")},
    ],
)
def test_every_field_of_the_engine_changes_the_facts(pins, change, monkeypatch):
    monkeypatch.setattr(facts, "compiler_of", lambda device, how: f"a compiler for {device} {how}")
    assert engine_facts(replace(ENGINE, **change), catalogue=pins) != engine_facts(ENGINE, catalogue=pins)


def test_the_clip_that_tells_a_diffusion_model_belongs_to_them(pins):
    text = pins.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.strip().startswith("size_multiple"))
    told = f"{line}\n    text: {{perceptor: tiny-clip, features: 8}}"
    pins.write_text(text.replace(line, told, 1), encoding="utf-8")
    named = [name for name in ("tiny-world", "tiny-world-2") if find(name, catalogue=pins).architecture.text]
    assert len(named) == 1
    engine = replace(ENGINE, diffusion_model=named[0], clip_models=())
    assert engine_facts(engine, catalogue=pins)["telling"] == facts.TELLING
    assert engine_facts(engine, catalogue=pins)["text model"] == "tiny-clip " + "b" * 64
    with pytest.raises(ModelError, match="tiny-clip"):
        refuse_absent(engine, catalogue=pins)


@pytest.mark.goal("R19")
def test_other_weights_are_another_engine(pins):
    before = engine_facts(ENGINE, catalogue=pins)
    record("tiny-clip", Adopted(pins, 1, "d" * 64), catalogue=pins)
    after = engine_facts(ENGINE, catalogue=pins)
    assert [name for name in before if before[name] != after[name]] == ["clip models"]


def test_models_that_cannot_be_loaded_have_no_facts(catalogue):
    with pytest.raises(ModelError, match="pins no size and digest for 'tiny-world'"):
        engine_facts(ENGINE, catalogue=catalogue)
    with pytest.raises(ModelError, match="no model is called 'tiny-wold'"):
        engine_facts(replace(ENGINE, diffusion_model="tiny-wold"), catalogue=catalogue)


def test_facts_are_those_of_what_is_loaded(catalogue, adopted):
    adopted()
    adopted("tiny-clip")
    facts = engine_facts(ENGINE, catalogue=catalogue)
    world, clip = load_diffusion("tiny-world", catalogue=catalogue), load_clip("tiny-clip", catalogue=catalogue)
    assert facts["diffusion model"] == f"tiny-world {world.digest}"
    assert facts["clip models"] == f"tiny-clip {clip.digest}"
    assert {str(value.dtype) for value in world.network.parameters()} == {"torch.float32"}
    assert {str(value.dtype) for value in clip.model.parameters()} == {"torch.float32"}


def test_choices_left_open_are_settled_by_the_machine(pins):
    settled = settle(replace(ENGINE, device="auto", threads=0))
    assert settled.device == ("cuda" if torch.cuda.is_available() else "cpu")
    assert settled.threads == torch.get_num_threads() > 0
    assert settle(ENGINE) == ENGINE
    assert engine_facts(replace(ENGINE, threads=0), catalogue=pins) == engine_facts(
        replace(ENGINE, threads=settled.threads), catalogue=pins
    )


def test_facts_of_a_settled_engine_are_known_without_torch(pins):
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.models import engine_facts; from pipeline.types import Engine\n"
        f"engine_facts(Engine('tiny-world', ('tiny-clip',), 'cpu', 2), catalogue=Path({str(pins)!r}))\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
