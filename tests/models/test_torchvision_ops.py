"""Declared operators: both libraries import after them, and what exists is left alone."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from pipeline.models import torchvision_ops


def test_open_clip_and_guided_diffusion_import_with_warnings_as_errors():
    code = (
        "from pipeline.models.torchvision_ops import declare_missing_ops as declare\n"
        "first = declare(); second = declare()\n"
        "from pipeline.models.upstream import import_guided_diffusion, import_open_clip\n"
        "print(import_open_clip().CLIP.__name__, import_guided_diffusion('unet').UNetModel.__name__)\n"
        "import torch, torchvision\n"
        "print(torchvision.extension._has_ops(), first, second, hasattr(torch.ops.torchvision, 'qnms'))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    names, declared = done.stdout.splitlines()
    assert names == "CLIP UNetModel"
    assert declared in ("False ('nms', 'qnms') () True", "True () () True")


@pytest.fixture
def elsewhere(monkeypatch, request):
    """A namespace of its own for each test: operators declared once stay for the whole process."""
    name = f"elsewhere_{abs(hash(request.node.name))}"
    monkeypatch.setattr(torchvision_ops, "NAMESPACE", name)
    monkeypatch.setattr(torchvision_ops, "_libraries", [])
    return torch.library.Library(name, "FRAGMENT")


@pytest.mark.parametrize(("there", "declared"), [((), ("nms", "qnms")), (("nms",), ("qnms",)), (("nms", "qnms"), ())])
def test_only_what_is_missing_is_declared(elsewhere, monkeypatch, there, declared):
    monkeypatch.setattr(torchvision_ops, "_load_compiled", lambda: False)
    for name in there:
        elsewhere.define(torchvision_ops.SCHEMAS[name])
    assert torchvision_ops.declare_missing_ops() == declared
    assert torchvision_ops.declare_missing_ops() == ()


def test_a_compiled_library_that_loads_is_used(elsewhere, monkeypatch):
    def load(path):
        assert "torchvision" in path
        for schema in torchvision_ops.SCHEMAS.values():
            elsewhere.define(schema)

    monkeypatch.setattr(torch.ops, "load_library", load)
    assert torchvision_ops.declare_missing_ops() == ()
    assert torchvision_ops._libraries == []


def test_a_compiled_library_that_does_not_load_is_passed_over(elsewhere, monkeypatch):
    def refuse(path):
        raise OSError("libcudart.so: cannot open shared object file")

    monkeypatch.setattr(torch.ops, "load_library", refuse)
    assert torchvision_ops.declare_missing_ops() == ("nms", "qnms")
