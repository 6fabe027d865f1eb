"""Deferred packages: not run by an import of theirs, whole for whoever asks; and open_clip without torch's compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.models.deferral import attach, defer

CODE = """
import sys
from pipeline.models.upstream import import_open_clip
open_clip = import_open_clip()
print([name for name in ("torch._dynamo", "timm.models", "torchvision.models.resnet") if name in sys.modules])
import timm, torchvision
from torchvision.models.optical_flow import raft_small
print(torchvision.ops.nms.__name__, torchvision.models.vgg16.__name__, timm.create_model.__name__, raft_small.__name__)
from open_clip.timm_model import TimmModel
print(type(TimmModel("resnet10t", 16, 32, pool="avg", proj="linear").trunk).__name__)
"""


def test_open_clip_comes_without_what_few_models_need_and_gets_it_once_they_do():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "nms vgg16 create_model raft_small", "ResNet"]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that says when it runs, with a package in it that does too."""
    monkeypatch.syspath_prepend(tmp_path)
    inner = tmp_path / "outer_one" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer_one" / "__init__.py").write_text("from outer_one import inner\nran = []\n")
    (inner / "__init__.py").write_text("import outer_one\nouter_one.ran.append(__name__)\nvalue = 3\n")
    (inner / "leaf.py").write_text("value = 4\n")
    yield
    for name in [name for name in sys.modules if name.startswith("outer_one")]:
        del sys.modules[name]


def test_a_package_runs_when_something_in_it_is_asked_for(package):
    defer("outer_one.inner", "outer_one.not_there", "not_there_at_all")
    import outer_one
    from outer_one.inner.leaf import value

    attach("outer_one.inner", "outer_one.not_there", "not_there_at_all")
    assert value == 4
    assert outer_one.ran == []
    assert outer_one.inner.value == 3
    assert outer_one.ran == ["outer_one.inner"]
    assert (outer_one.inner.value, outer_one.ran) == (3, ["outer_one.inner"])
    with pytest.raises(AttributeError, match="other"):
        _ = outer_one.inner.other
    assert "not_there_at_all" not in sys.modules
    assert "outer_one.not_there" not in sys.modules


def test_what_is_there_already_stays(package):
    defer("outer_one")
    import outer_one

    was = sys.modules["outer_one"]
    defer("outer_one")
    assert sys.modules["outer_one"] is was is outer_one
