"""What the picture of a film's values shows, and that it is the same each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.plot import gather, plot, save_plot
from pipeline.plot.page import fitted, text_width
from pipeline.plot.picture import footer_lines
from pipeline.plot.ruler import bar_ticks, frame_ticks, second_ticks
from pipeline.schedule import Reading, study

ROOT = Path(__file__).resolve().parents[1]
PLAIN = ROOT / "tests" / "schedule" / "plain.yaml"
FILM = """\
fps: 10
bpm: 120
let: {slow: "sin(t, 2s)", still: 3}
camera: {roll: slow, zoom: {0: 1, 5: 1.2, 90: 1}}
look: {guidance_scale: "where(p < 0.9, 1000, 500)"}
shots:
  - name: valley
    frames: 20
    labels: {drop: 1s, kick: every 1b}
    prompts: {0: a $green$ valley, 10: {prompts: [a storm, {text: blur, weight: -0.2}], fade: spherical}}
  - name: city
    frames: 30
    prompts: "{floor(t/10)} towers"
    camera: {border: wrap}
"""


@pytest.fixture
def reading_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Reading]:
    """Return a function that reads a text as `film.yaml` with the tests' preset."""
    monkeypatch.chdir(tmp_path)

    def read(text: str = FILM, **options: Any) -> Reading:
        Path("film.yaml").write_text(text, encoding="utf-8")
        return study("film.yaml", **{"config": PLAIN, **options})

    return read


def words(svg: bytes) -> list[str]:
    """Return the texts of an SVG."""
    return re.findall(r"<text [^>]*>([^<]*)</text>", svg.decode())


def test_what_moves_is_drawn_and_what_stands_still_is_listed(reading_of: Callable[..., Reading]) -> None:
    sheet = gather(reading_of())
    assert [track.name for track in sheet.tracks] == ["camera.zoom", "camera.roll", "look.guidance_scale", "let.slow"]
    assert {"look.steps 30", "let.still 3", "look.sampler ddim"} <= set(sheet.notes)
    assert not any(note.startswith("camera.shear") for note in sheet.notes)  # nobody spoke of it
    assert [(span.text, span.start, span.length) for span in sheet.shots] == [("valley", 0, 20), ("city", 20, 30)]
    assert [span.text for span in sheet.words["camera.border"]] == ["reflect", "wrap"]
    assert sheet.labels == {"drop": (10,), "kick": (0, 5, 10, 15)}


def test_tracks_hold_values_keys_and_bands(reading_of: Callable[..., Reading]) -> None:
    zoom, roll, scale, _ = gather(reading_of()).tracks
    assert zoom.keys.tolist() == [0, 5, 20, 25]  # those of both shots, and not the one beyond their ends
    assert zoom.mean[5] == zoom.high[5] == 1.2
    assert (zoom.unit, zoom.neutral, zoom.is_banded) == ("factor per frame", 1.0, False)
    assert roll.mean[5] == pytest.approx(1.0)
    assert roll.keys.size == 0
    assert scale.is_banded
    assert (scale.low[0], scale.high[0]) == (500, 1000)
    assert 500 < scale.mean[0] < 1000


def test_lanes_hold_prompts_as_written_and_share_blends(reading_of: Callable[..., Reading]) -> None:
    lanes = {lane.label: lane for lane in gather(reading_of()).lanes}
    assert list(lanes) == ["a $green$ valley", "a storm", "blur", "{floor(t/10)} towers"]
    valley, storm = lanes["a $green$ valley"], lanes["a storm"]
    assert (valley.weight[0], valley.weight[5], valley.weight[12]) == (1, 0.5, 0)
    assert (valley.shared[0], valley.shared[5], storm.shared[5], storm.shared[12]) == (0, 0.5, 0.5, 0)
    assert storm.weight[10] == 1
    assert lanes["blur"].weight[12] == -0.2
    assert lanes["{floor(t/10)} towers"].weight[20:].tolist() == [1] * 30


def test_a_picture_prompt_goes_by_its_path(reading_of: Callable[..., Reading]) -> None:
    cv2.imwrite("mood.png", np.full((8, 8, 3), 90, np.uint8))
    (lane,) = gather(reading_of("prompts: {image: mood.png}\nframes: 3\n")).lanes
    assert (lane.label, lane.is_image) == ("mood.png", True)


def test_called_for_values_are_drawn_alone(reading_of: Callable[..., Reading]) -> None:
    sheet = gather(reading_of(), ["look.eta", "still"])
    assert [track.name for track in sheet.tracks] == ["look.eta", "let.still"]
    assert (sheet.lanes, sheet.words, sheet.notes) == ((), {}, ())
    with pytest.raises(UsageError, match="--curve zom: there is no such value; "):
        gather(reading_of(), ["zom"])


def test_a_name_that_is_no_number_is_listed(reading_of: Callable[..., Reading]) -> None:
    sheet = gather(reading_of("prompts: a\nframes: 3\nlet: {bad: log(t - 1)}\n"))
    assert "let.bad is not a number throughout" in sheet.notes


def test_the_svg_says_everything(reading_of: Callable[..., Reading]) -> None:
    said = words(plot(reading_of(), kind=".svg"))
    for text in ("film", "valley", "city", "camera.zoom", "camera.roll", "look.guidance_scale", "let.slow", "prompts"):
        assert text in said, text
    for text in ("a $green$ valley", "a storm", "blur", "{floor(t/10)} towers", "drop", "kick", "wrap"):
        assert text in said, text
    assert {"frame", "second", "bar (and beat)"} <= set(said)
    assert "factor; band: over the steps" in said
    assert any(text.startswith("standing still: ") for text in said)
    assert any("look.steps 30" in text for text in said)


def test_equal_films_give_equal_bytes(reading_of: Callable[..., Reading]) -> None:
    for kind in (".svg", ".png"):
        assert plot(reading_of(), kind=kind) == plot(reading_of(), kind=kind)
    assert b"<dc:date>" not in plot(reading_of(), kind=".svg")


def test_the_picture_has_a_row_for_each_thing(reading_of: Callable[..., Reading]) -> None:
    heights = {}
    for name, curves in (("all", []), ("one", ["camera.zoom"]), ("two", ["camera.zoom", "slow"])):
        picture = cv2.imdecode(np.frombuffer(plot(reading_of(), curves), np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        heights[name], width = picture.shape[:2]
        assert width == 1600
        assert (picture[:, 0] == 255).all()  # nothing runs out of the page
        assert (picture[-4:] == 255).all()
    assert heights["one"] < heights["two"] < heights["all"]


@pytest.mark.parametrize(
    "text", ["prompts: a\nframes: 1\n", "prompts: 灯台 \\frac$x$\nframes: 2\ncamera: {zoom: 1+t}\n"]
)
def test_the_least_films_can_be_drawn(reading_of: Callable[..., Reading], text: str) -> None:
    assert plot(reading_of(text)).startswith(b"\x89PNG")


def test_too_much_is_counted_and_not_drawn(reading_of: Callable[..., Reading]) -> None:
    lets = ", ".join(f"v{n}: t+{n}" for n in range(35))
    prompts = ", ".join(f"prompt {n}" for n in range(20))
    sheet = gather(reading_of(f"prompts: [{prompts}]\nframes: 3\nlet: {{{lets}}}\n"))
    assert (len(sheet.tracks), len(sheet.lanes)) == (30, 12)
    assert "5 more curves not drawn (name them with --curve)" in sheet.notes
    assert "8 more prompts not drawn" in sheet.notes
    assert all(text_width(line, 8) < 1570 for line in footer_lines(sheet))


def test_the_ruler_is_round_and_agrees_with_itself(reading_of: Callable[..., Reading]) -> None:
    sheet = gather(reading_of())
    assert [x for x, _ in frame_ticks(sheet, 26)] == list(range(0, 50, 5))
    assert second_ticks(sheet, 26)[:3] == [(0.0, "0"), (5.0, "0.5"), (10.0, "1")]
    assert bar_ticks(sheet, 26)[:6] == [(0, "1"), (5, "1.2"), (10, "1.3"), (15, "1.4"), (20, "2"), (25, "2.2")]
    assert [text for _, text in bar_ticks(sheet, 4)] == ["1", "2", "3"]


def test_long_films_count_minutes(reading_of: Callable[..., Reading]) -> None:
    sheet = gather(reading_of("prompts: a\nfps: 1\nframes: 200\n"))
    assert [text for _, text in second_ticks(sheet, 6)][:5] == ["0:00", "0:20", "0:40", "1:00", "1:20"]


def test_texts_are_cut_to_fit() -> None:
    text = "A gorgeous painting of an isolated lighthouse"
    assert fitted(text, 9, 1000) == text
    cut = fitted(text, 9, 120)
    assert cut.endswith("…")
    assert text_width(cut, 9) <= 120
    assert fitted(text, 9, 3) == ""


def test_it_is_written_whole_or_not_at_all(reading_of: Callable[..., Reading], tmp_path: Path) -> None:
    save_plot(reading_of(), tmp_path / "deep" / "film.SVG", ["slow"])
    assert (tmp_path / "deep" / "film.SVG").read_bytes().startswith(b"<?xml")
    with pytest.raises(UsageError, match=r"--out: a plot cannot be written as '\.pdf'; choose a name that ends in"):
        save_plot(reading_of(), tmp_path / "film.pdf")
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(StoreError, match=r"taken\.png"):
        save_plot(reading_of(), tmp_path / "taken.png", ["slow"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "film.yaml", "taken.png"]
