"""What stands below the picture: texts that fit, weights as bars, curves that are the plans' values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.preview import captions
from pipeline.preview.ahead import ahead
from pipeline.preview.overlay import AWAY, TOWARDS, Overlay
from pipeline.preview.strip import MARK, choose, curves_of
from pipeline.types import Blend, Film, Label, WeightedPrompt

LONG = "a gorgeous painting of an isolated lighthouse, shining its light across a tumultuous sea of red and blue"


def test_prompts_are_described_in_a_line() -> None:
    digest = "ab12cd34" * 8
    fox = WeightedPrompt("a red\n fox", 1.0)
    assert captions.describe(fox) == "a red fox"
    assert captions.describe(WeightedPrompt("", 1.0, digest)) == "picture ab12cd34"
    blended = replace(fox, blend=Blend("snow", "", 0.425))
    assert captions.describe(blended) == "42% from a red fox → snow"
    assert captions.describe(replace(fox, blend=Blend("", digest, 0.0))) == "0% from a red fox → picture ab12cd34"


def test_times_are_written_to_the_hundredth() -> None:
    assert [captions.clock_time(s) for s in (0, 1.5, 61.999, 3600)] == ["0:00.00", "0:01.50", "1:02.00", "60:00.00"]


@pytest.mark.parametrize("width", [60, 200, 333])
@pytest.mark.parametrize("text", [LONG, "Ωμέγα Привет " * 9, "w" * 300, "", "short"])
def test_texts_never_leave_their_place(text: str, width: int) -> None:
    assert captions.text_width(captions.elide(text, 13, width), 13) <= width
    lines = captions.wrap(text, 13, width, 2)
    assert len(lines) <= 2
    assert all(captions.text_width(line, 13) <= width for line in lines)
    if captions.text_width(text, 13) <= width:
        assert "".join(lines) == text


def test_long_words_are_broken_and_the_rest_elided() -> None:
    first, second = captions.wrap("look.guidance_scale=where(p<0.5,4000,100)", 13, 200, 2)
    assert first + second == "look.guidance_scale=where(p<0.5,4000,100)"
    assert captions.wrap(LONG, 13, 200, 2)[1].endswith("…")


def test_letters_beyond_ascii_are_drawn_each_as_its_own() -> None:
    drawn = [captions.line(text, 20) for text in ("é", "Ω", "Ж", "→")]
    assert all(one.std() > 20 for one in drawn)
    assert len({one.tobytes() for one in drawn}) == 4
    assert captions.line("é", 20) is captions.line("é", 20)


def test_curves_are_the_values_of_the_plans(film_of, tiny_text: str) -> None:
    film = film_of(
        tiny_text.replace("zoom: 1.05", "zoom: 1 + t/100").replace(
            "skip: 0.5", "skip: 0.5, eta: 0.1 + t/20 + p/4, tv_scale: 100*p"
        )
    )
    known = curves_of(film)
    assert known["camera.zoom"].values[1:].tolist() == pytest.approx([1.01, 1.02, 1.03, 1.04, 1.05])
    assert np.isnan(known["camera.zoom"].values[0])
    assert (known["camera.zoom"].at(0), known["camera.zoom"].at(5)) == ("–", "1.05")
    assert known["camera.roll"].values[2] == 4
    etas = film.shots[0].plans[2].look.eta
    assert len(etas) == 2
    assert known["look.eta"].values[2] == pytest.approx(sum(etas) / 2)
    shown, more = choose(film, [])
    assert known["look.tv_scale"].values[0] != known["look.tv_scale"].values[1]  # all steps, and only the last
    assert [curve.name for curve in shown] == ["camera.zoom", "look.eta"]
    assert more == ()
    shown, more = choose(film, ["camera.roll", "camera.roll"])
    assert [curve.name for curve in shown] == ["camera.roll"]
    assert more == ("camera.zoom", "look.eta")


def test_numbers_that_no_plan_has_are_drawn_too(film_of) -> None:
    film = film_of()
    values = np.linspace(0, 1, film.n_frames)
    shown, more = choose(film, ["kick"], {"signal.kick": values, "let.slow": 2 * values})
    assert (shown[0].name, shown[0].values.tolist(), more) == ("signal.kick", values.tolist(), ("let.slow",))


def test_a_curve_that_is_none_names_those_there_are(film_of) -> None:
    with pytest.raises(UsageError, match=r"--curve zoom: .*; use one of camera\.roll, camera\.zoom, "):
        choose(film_of(), ["zoom"])


def test_a_long_film_draws_four_curves_and_names_the_others(film_of, tiny_text: str) -> None:
    moving = "camera: {zoom: 1+t/99, roll: t, translation_x: t, translation_y: t, center_x: t/9}"
    film = film_of(tiny_text.replace("camera: {zoom: 1.05, roll: 4}", moving))
    shown, more = choose(film, [])
    assert [len(shown), more] == [4, ("camera.center_x",)]


def count(canvas: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((canvas == colour).all(-1).sum())


def drawn(film: Film, index: int = 0, number: int | None = None, width: int = 640) -> np.ndarray:
    overlay = Overlay(film, choose(film, [])[0], width=width)
    canvas = np.zeros((overlay.height, width, 3), np.uint8)
    overlay.draw(canvas, film.shots[0], index, index if number is None else number)
    return canvas


def with_prompts(film: Film, *prompts: WeightedPrompt) -> Film:
    plans = tuple(replace(plan, prompts=prompts) for plan in film.shots[0].plans)
    return replace(film, shots=(replace(film.shots[0], plans=plans),))


def test_bars_are_as_long_as_the_weights_and_red_where_they_push_away(film_of) -> None:
    film = with_prompts(film_of(), WeightedPrompt("a", 2.0), WeightedPrompt("b", -1.0))
    canvas = drawn(film)
    assert count(canvas, TOWARDS) == 2 * count(canvas, AWAY) > 0


def test_more_prompts_than_fit_are_counted(film_of) -> None:
    prompts = [WeightedPrompt(f"{LONG} {n}", 1.0) for n in range(7)]
    many, few = drawn(with_prompts(film_of(), *prompts)), drawn(with_prompts(film_of(), *prompts[:4]))
    assert many.shape == few.shape
    assert not np.array_equal(many, few)  # "and 3 more"


@pytest.mark.parametrize("width", [320, 640, 1920])
def test_the_cursor_goes_from_one_end_to_the_other(film_of, tiny_text: str, width: int) -> None:
    film = film_of(tiny_text.replace("zoom: 1.05", "zoom: 1 + t/100"))
    places = []
    for number in (0, 3, 5):
        canvas = drawn(film, number, width=width)
        white = (canvas == 255).all(-1).sum(axis=0)
        places.append(int(white.argmax()))
        assert canvas.shape[0] % 2 == 0
    assert places[0] < places[1] < places[2] < width
    assert places[2] - places[0] > width * 0.5


def test_cuts_and_labels_are_marked_and_labels_beyond_the_end_are_not(film_of, tiny_text: str) -> None:
    film = film_of(tiny_text)
    shot = film.shots[0]
    plain = count(drawn(film, 5), MARK)
    beyond = replace(film, shots=(replace(shot, labels=(Label("late", 99),)),))
    assert count(drawn(beyond, 5), MARK) == plain == 0
    marked = replace(film, shots=(replace(shot, labels=(Label("verse", 1), Label("chorus", 4))),))
    assert count(drawn(marked, 0), MARK) > 0  # two triangles under the bar
    cut = replace(film, shots=(shot, replace(shot, name="next")))
    assert count(drawn(cut, 0), MARK) > 20


def test_things_made_ahead_come_in_order_with_the_fault_in_its_place() -> None:
    def three_and_a_fault():
        yield from (1, 2, 3)
        raise ValueError("the fourth")

    seen = []
    with pytest.raises(ValueError, match="the fourth"):
        seen.extend(ahead(three_and_a_fault(), room=1))
    assert list(ahead(range(100), room=2)) == list(range(100))
    made: list[int] = []
    endless = ahead((made.append(n) or n for n in range(10**9)), room=3)
    assert [next(endless), next(endless)] == [0, 1]
    endless.close()
    assert len(made) < 10
