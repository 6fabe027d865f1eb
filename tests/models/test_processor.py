"""What a processor has instructions for, as the kernel tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipeline.models.processor import INFO, has_bfloat16

ZEN = "processor : 0\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni\n\nprocessor : 1\nflags\t: fpu\n"


@pytest.mark.parametrize(
    ("told", "has"),
    [
        (ZEN, True),
        ("flags : fpu avx512f amx_tile amx_bf16\n", True),
        ("flags : fpu avx2 avx512f avx512_bf16x bf16\n", False),
        ("model name : avx512_bf16\nflags : fpu\n", False),
        ("Features : fp asimd bf16\n", False),
        ("", False),
    ],
)
def test_the_kernels_list_is_read(tmp_path: Path, told: str, has: bool) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(told, encoding="utf-8")
    assert has_bfloat16(path) is has


def test_a_system_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert not has_bfloat16(tmp_path / "cpuinfo")
    assert not has_bfloat16(tmp_path)


@pytest.mark.skipif(
    not hasattr(torch.cpu, "get_capabilities") or not INFO.exists(), reason="neither torch nor the kernel tells here"
)
def test_torch_sees_the_same() -> None:
    able = torch.cpu.get_capabilities()
    if "avx512_bf16" not in able:
        pytest.skip("torch tells of no such instructions on this kind of processor")
    assert has_bfloat16() == bool(able["avx512_bf16"] or able.get("amx_bf16"))
