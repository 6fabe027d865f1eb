"""A film of which some frames are not denoised: what is drawn when, what rests on what, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.account import bundle, replay, survey
from pipeline.identity import chain_keys, in_order
from pipeline.preview import Context
from pipeline.render import Progress, parts, render
from pipeline.schedule import study
from pipeline.store import FrameStore
from pipeline.types import Film

ORDER = [0, 3, 1, 2, 5, 4]  # denoised: 0, 3 (the snow), 5 (the last)


@pytest.fixture
def spaced_text(tiny_text: str) -> str:
    return tiny_text.replace("look: {", "look: {cadence: 4, ")


@pytest.fixture
def spaced_film(film_of: Callable[..., Film], tiny_engine, spaced_text: str) -> Film:
    return film_of(spaced_text)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def drawn(film: Film, folder: Path, **options: range) -> list[int]:
    seen: list[Progress] = []
    render(film, folder, watch=seen.append, **options)
    return [now.number for now in seen if now.doing == "stored"]


def pictures(folder: Path) -> list[np.ndarray]:
    return [FrameStore(folder).read("tiny", number).pixels for number in range(6)]


def digests(folder: Path) -> list[str]:
    return [sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "frames").rglob("*.png"))]


def test_each_frame_is_drawn_after_those_it_is_made_of_and_all_come_out(spaced_film, tiny_engine, out) -> None:
    assert drawn(spaced_film, out) == ORDER
    assert [plan.frame for plan in in_order(spaced_film.shots[0].plans)] == ORDER
    assert imageio_ffmpeg.count_frames_and_secs(str(out / "tiny.mp4"))[0] == 6
    seen = pictures(out)
    apart = [np.abs(one.astype(float) - other).mean() for one, other in pairwise(seen)]
    assert min(apart) > 0.5
    assert drawn(spaced_film, out) == []


@pytest.mark.parametrize("lost", [0, 2, 3, 4])
def test_one_lost_frame_is_made_again_alone_and_the_same(spaced_film: Film, out: Path, lost: int) -> None:
    render(spaced_film, out)
    before = digests(out)
    (out / f"frames/tiny/{lost:05d}.png").unlink()
    assert drawn(spaced_film, out) == [lost]
    assert digests(out) == before


def test_a_range_draws_itself_and_what_it_rests_on(spaced_film: Film, out: Path) -> None:
    assert drawn(spaced_film, out, frames=range(4, 5)) == [0, 3, 5, 4]
    assert drawn(spaced_film, out, frames=range(2, 4)) == [2]
    assert [[plan.frame for plan in plans] for _, _, plans in parts(spaced_film, range(1, 2))] == [[0, 3, 1]]
    assert drawn(spaced_film, out) == [1]
    render(spaced_film, out.with_name("fresh"))
    assert digests(out) == digests(out.with_name("fresh"))


def test_keys_follow_what_frames_are_made_of(film_of, spaced_film: Film, spaced_text: str) -> None:
    def changed(old: str, new: str) -> list[int]:
        assert old in spaced_text
        other = film_of(spaced_text.replace(old, new))
        pairs = zip(chain_keys(spaced_film.shots[0], {}), chain_keys(other.shots[0], {}), strict=True)
        return [number for number, (one, two) in enumerate(pairs) if one != two]

    assert changed("seed: 3", "seed: 4") == [0, 1, 2, 3, 4, 5]
    assert changed("3: snow on a hill", "3: rain on a hill") == [1, 2, 3, 4, 5]  # between 0 and 3, too
    assert changed("zoom: 1.05", "zoom: {0: 1.05, 4: 1.05, 5: 1.06 hold}") == [4, 5]
    assert changed("cadence: 4, ", "cadence: 4, blend: cross, ") == [1, 2, 4]
    assert len({*chain_keys(spaced_film.shots[0], {})}) == 6


def test_without_a_cadence_the_blend_changes_nothing(film_of, tiny_film: Film, tiny_text: str) -> None:
    other = film_of(tiny_text.replace("look: {", "look: {cadence: 1, blend: cross, "))
    assert chain_keys(other.shots[0], {}) == chain_keys(tiny_film.shots[0], {})


def test_a_preview_is_exact_where_the_earlier_frame_is_stored(spaced_film: Film, out: Path) -> None:
    render(spaced_film, out)
    wanted = pictures(out)
    context = Context(spaced_film, out)
    (out / "frames/tiny/00004.png").unlink()
    assert context.sketch(4).how == "exact, between stored frame 3 and frame 5"
    (out / "frames/tiny/00005.png").unlink()
    for number, how in ((4, "exact, between stored frame 3 and frame 5"), (5, "exact, from stored frame 3")):
        sketch = context.sketch(number)
        assert (sketch.kind, sketch.how) == ("exact", how)
        assert np.array_equal(sketch.pixels, wanted[number])
    (out / "frames/tiny/00003.png").unlink()
    assert context.sketch(4).how == "from stored frame 2, 2 camera moves composed, denoised once"


def test_a_survey_tells_what_a_render_would_draw(spaced_film: Film, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "tiny.yaml"
    reading = study(path)
    assert reading.film == spaced_film
    render(spaced_film, out, frames=range(4))
    told = survey(reading, out)
    assert (told.n_kept, told.n_to_draw) == (4, 2)
    assert str(told).startswith("frames 0-3 kept, 4-5 to render (not there yet), about")


def test_an_archive_has_what_frames_between_are_made_of(
    spaced_film: Film, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"clip models": "toy -", "device": "cpu", "diffusion model": "tiny -", "dtype": "float32", "threads": "1"}
    for module in ("pipeline.render", "pipeline.account.replay"):
        monkeypatch.setattr(import_module(module), "engine_facts", lambda engine: facts)
    monkeypatch.setattr(import_module("pipeline.account.replay"), "refuse_absent", lambda engine: None)
    render(spaced_film, out)
    path = tmp_path / "tiny.zip"
    assert bundle(out, path, per_shot=6) == 6
    found = replay(path)
    assert [match.exact for match in found.matches] == [True] * 6


def test_a_mask_keeps_what_it_keeps_in_frames_between(film_of, tiny_engine, tiny_text: str, out: Path) -> None:
    import cv2

    rng, folder = np.random.default_rng(1), out.parent
    cv2.imwrite(str(folder / "image.png"), rng.integers(0, 255, (32, 32, 3), np.uint8))
    mask = np.full((32, 32), 255, np.uint8)
    mask[:, :8] = 0
    cv2.imwrite(str(folder / "mask.png"), mask)
    said = "init: {image: image.png, mask: mask.png}\nlook: {cadence: 3, "
    render(film_of(tiny_text.replace("look: {", said)), out)
    kept = [picture[:, :8] for picture in pictures(out)]
    assert all(np.array_equal(one, kept[0]) for one in kept)
