"""Who compiles is known before anything is loaded, and told where it is missing."""

from __future__ import annotations

import os

import pytest

from pipeline.errors import UsageError
from pipeline.models import compiling
from pipeline.models.compiling import VARIABLE, compiler_of, keep_compiled


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """Put a program in the place of the C++ compiler."""

    def put(script: str) -> None:
        path = tmp_path / "c++"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setenv("CXX", str(path))
        compiling._cxx.cache_clear()

    yield put
    compiling._cxx.cache_clear()


def test_the_compiler_is_named_with_its_version(compiler) -> None:
    compiler('echo "c++ 14.1 of tests"; echo "Copyright"')
    assert compiler_of("cpu", "on") == "c++ 14.1 of tests"
    compiler('echo "c++ 15.0 of tests"')
    assert compiler_of("cpu", "on") == "c++ 15.0 of tests"


@pytest.mark.parametrize("script", ["exit 3", None])
def test_a_compiler_that_is_missing_or_broken_is_told(compiler, monkeypatch, script) -> None:
    compiler(script or "")
    if script is None:
        monkeypatch.setenv("CXX", "there-is-none-of-this-name")
    with pytest.raises(UsageError, match=r"torch needs a C\+\+ compiler.*another by CXX, or set compile to off"):
        compiler_of("cpu", "on")


def test_a_card_is_compiled_for_by_triton(monkeypatch) -> None:
    monkeypatch.setattr(compiling, "version", lambda name: {"triton": "9.1"}[name])
    assert compiler_of("cuda:0", "on") == "triton 9.1"
    assert compiler_of("cuda", "graphs") == "triton 9.1, kernels replayed"

    def absent(name: str) -> str:
        raise compiling.PackageNotFoundError(name)

    monkeypatch.setattr(compiling, "version", absent)
    with pytest.raises(UsageError, match="compiles for a graphics card by triton"):
        compiler_of("cuda", "on")


def test_a_processor_has_no_kernels_to_replay(compiler) -> None:
    compiler('echo "c++ 14.1 of tests"')
    with pytest.raises(UsageError, match="compile: graphs replays the kernels of a graphics card, and cpu is to draw"):
        compiler_of("cpu", "graphs")


def test_what_was_compiled_is_kept_where_the_environment_says_or_beside_the_models(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    keep_compiled()
    assert os.environ[VARIABLE] == str(tmp_path)
    monkeypatch.delenv(VARIABLE)
    keep_compiled()
    assert os.environ[VARIABLE].endswith("compiled")
