"""Another engine in the middle of a film: refused by name, and where it is asked for, kept apart and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.identity import fingerprint
from pipeline.store import FrameStore, engine_in, read_film_record, read_record
from tests.faults.renders import digests

OUT = Path("outputs/film")
FACTS = {
    "clip models": f"toy {'1' * 64}",
    "device": "cpu",
    "diffusion model": f"tiny {'3' * 64}",
    "dtype": "float32",
    "threads": "1",
    "torch": "2.12",
}
CHANGES = {
    "clip models": f"toy {'2' * 64}",
    "device": "cuda (a card)",
    "diffusion model": f"tiny {'4' * 64}",
    "dtype": "float16",
    "threads": "2",
    "torch": "2.13",
}
FILM = """\
preset: {preset}
size: 32x32
fps: 6
seed: 3
prompts: {{0: a red fox, 4: snow}}
prompt_fade: hold
camera: {{zoom: 1.05, roll: 4}}
look: {{steps: 4, skip: 0.5, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
shots:
- {{name: day, frames: 5}}
- {{name: night, frames: 2}}
"""
pytestmark = pytest.mark.goal("R19")


@pytest.fixture
def use(tiny_engine, make_easel, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that puts another engine in place: another easel, and the facts that say so."""
    easels = {1: tiny_engine.easel}

    def put(number: int = 1, **changes: str) -> None:
        easels[number] = easels.get(number) or make_easel(8, 8)
        tiny_engine.easel = easels[number]
        found = FACTS | {name.replace("_", " "): text for name, text in changes.items()}
        monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", lambda engine: found)

    put()
    return put


@pytest.fixture
def half(command, use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three of the film's seven frames, drawn by the first engine."""
    from tests.conftest import PRESET

    monkeypatch.chdir(tmp_path)
    Path("film.yaml").write_text(FILM.format(preset=PRESET))
    assert command("render", "film.yaml", "--frames", ":3").code == 0
    return OUT


def engines(out: Path = OUT) -> list[dict[str, str]]:
    return [engine_in(read_record(path)) for path in sorted(out.glob("frames/*/*.png"))]


def shortened(fact: str) -> str:
    """A digest by its beginning; it names weights well enough."""
    return fact[: fact.index(" ") + 13] + "..." if len(fact) > 60 else fact


def edit(old: str, new: str) -> None:
    text = Path("film.yaml").read_text()
    assert old in text
    Path("film.yaml").write_text(text.replace(old, new))


@pytest.mark.parametrize("field", CHANGES)
def test_each_field_is_refused_by_name_and_then_accepted(command, use, half: Path, field: str) -> None:
    before, other = digests(half), FACTS | {field: CHANGES[field]}
    use(2, **{field.replace(" ", "_"): CHANGES[field]})
    answer = command("render", "film.yaml")
    assert answer.code == 4
    said = answer.err.splitlines()[-1]
    assert said.startswith(
        "outputs/film: 3 of its frames were drawn with another engine, and keeping them makes a seam"
    )
    assert f"at frame 3 ({field}: {shortened(FACTS[field])} before, {shortened(CHANGES[field])} after; " in said
    assert f"fingerprints {fingerprint(FACTS)} and {fingerprint(other)})" in said
    assert "--accept-seam" in said
    assert digests(half) == before

    answer = command("render", "film.yaml", "--accept-seam")
    assert answer.code == 0, answer.err
    assert "7 frames, 4 drawn" in answer.out
    kept = {name: digest for name, digest in digests(half).items() if name in before and name.endswith(".png")}
    assert len(kept) == 3
    assert kept.items() <= before.items()
    assert engines() == [FACTS] * 3 + [other] * 4
    (seam,) = read_film_record(half).seams
    assert (seam.shot, seam.frame, seam.before, seam.after) == ("day", 3, FACTS, other)


def test_the_seam_is_told_and_asked_for_only_once(command, use, half: Path) -> None:
    use(2, threads="2")
    told = "seam after frame 2 (threads: 1 before, 2 after)"
    asked = f"{told}, refused without --accept-seam or --redraw\n"
    answer = command("status", "film.yaml")
    assert answer.out.startswith("outputs/film: frames 0-2 kept, 3-6 to render (not there yet), ")
    assert answer.out.endswith(asked)
    assert (
        "is another than the stored one\n  engine.threads: 1 is now 2" in command("why", "film.yaml", "--frame", 0).out
    )
    command("render", "film.yaml", "--accept-seam", "--frames", ":5")
    assert told in command("status", "film.yaml").out
    assert "refused" not in command("status", "film.yaml").out
    answer = command("render", "film.yaml")
    assert answer.code == 0, answer.err
    assert "2 drawn" in answer.out
    whole = digests(half)
    assert "0 drawn" in command("render", "film.yaml").out
    assert digests(half) == whole
    assert command("status", half).out == f"outputs/film: frames 0-6 kept; nothing to render; {told}\n"
    assert command("verify", half).out.splitlines()[1] == f"outputs/film: {told}"
    report = json.loads(command("verify", half, "--json").out)
    assert report["seams"] == [{"frame": 3, "differs": "threads: 1 before, 2 after", "accepted": True}]
    assert "is kept" in command("why", "film.yaml", "--frame", 0).out
    answer = command("bundle", half)
    assert (answer.code, "its frames are of 2 engines" in answer.err) == (4, True)


def test_frames_of_before_there_were_batches_are_of_batches_of_one(command, use, half: Path) -> None:
    use(2, batch="4")
    assert "seam after frame 2 (batch: 1 before, 4 after)" in command("status", "film.yaml").out
    assert "\n  engine.batch: 1 is now 4" in command("why", "film.yaml", "--frame", 0).out


def test_a_stop_at_the_seam_changes_nothing(command, use, half: Path, monkeypatch) -> None:
    """The seam is written before anything is drawn; a plain render then goes on to the same bytes."""
    use(2, torch="2.13")
    put = FrameStore.put

    def torn(self, frame, plan, facts):
        if plan.frame == 4:
            raise StoreError("the disk is gone")
        return put(self, frame, plan, facts)

    with monkeypatch.context() as patch:
        patch.setattr(FrameStore, "put", torn)
        assert command("render", "film.yaml", "--accept-seam").code == 4
    assert command("render", "film.yaml").code == 0
    stopped = digests(half)
    use()
    assert command("render", "film.yaml", "--out", "other", "--frames", ":3").code == 0
    use(2, torch="2.13")
    assert command("render", "film.yaml", "--out", "other", "--accept-seam").code == 0
    assert digests(Path("other")) == stopped


def test_redrawn_it_is_a_film_of_one_engine(command, use, half: Path) -> None:
    use(2, torch="2.13")
    answer = command("render", "film.yaml", "--redraw")
    assert answer.code == 0, answer.err
    assert "outputs/film: frames 0-4 to render (torch: 2.12 is now 2.13), 5-6 to render (not there yet)" in answer.err
    assert read_film_record(half).seams == ()
    assert command("render", "film.yaml", "--out", "fresh").code == 0
    old = {name: digest for name, digest in digests(half).items() if not name.startswith("takes/")}
    assert old == digests(Path("fresh"))
    use()  # the frames of the first engine are takes now
    assert "0-2 kept from earlier takes" in command("status", "film.yaml").out
    assert command("render", "film.yaml", "--accept-seam", "--redraw").code == 2


def test_an_edit_or_damage_behind_the_seam_asks_for_nothing(command, use, half: Path) -> None:
    use(2, torch="2.13")
    command("render", "film.yaml", "--accept-seam")
    whole = digests(half)
    (half / "frames" / "day" / "00004.png").write_bytes(b"torn")
    assert "1 drawn" in command("render", "film.yaml").out
    assert digests(half) == whole
    edit("snow", "rain")
    answer = command("render", "film.yaml")
    assert answer.code == 0, answer.err
    assert engines()[:3] == [FACTS] * 3
    assert len(read_film_record(half).seams) == 1


def test_an_edit_or_damage_before_the_seam_would_move_it(command, use, half: Path) -> None:
    use(2, torch="2.13")
    command("render", "film.yaml", "--accept-seam")
    whole = digests(half)
    (half / "frames" / "day" / "00001.png").write_bytes(b"torn")
    before = digests(half)
    answer = command("render", "film.yaml")
    assert (answer.code, "keeping them makes a seam at frame 1 (" in answer.err) == (4, True)
    assert digests(half) == before
    assert "4 drawn" in command("render", "film.yaml", "--accept-seam").out  # the other shot rests on nothing before
    assert engines() == [FACTS] + [FACTS | {"torch": "2.13"}] * 6
    assert [seam.frame for seam in read_film_record(half).seams] == [1]
    assert digests(half) != whole
    edit("red fox", "red wolf")  # at the first frame: nothing of the other engine is left, so nothing is to be asked
    assert command("render", "film.yaml").code == 0
    assert read_film_record(half).seams == ()


def test_back_and_forth_each_seam_is_asked_for(command, use, half: Path) -> None:
    use(2, torch="2.13")
    command("render", "film.yaml", "--accept-seam", "--frames", ":5")
    use()
    answer = command("render", "film.yaml")
    assert (answer.code, "2 of its frames were drawn with another engine" in answer.err) == (4, True)
    assert "a seam at frame 5 (torch: 2.13 before, 2.12 after" in answer.err
    assert command("render", "film.yaml", "--accept-seam").code == 0
    assert engines() == [FACTS] * 3 + [FACTS | {"torch": "2.13"}] * 2 + [FACTS] * 2
    assert [(seam.shot, seam.frame) for seam in read_film_record(half).seams] == [("day", 3), ("day", 5)]
    assert "0 drawn" in command("render", "film.yaml").out


def test_a_whole_film_is_neither_drawn_again_nor_called_another(command, use, half: Path) -> None:
    command("render", "film.yaml")
    whole = digests(half)
    use(2, torch="2.13")
    answer = command("render", "film.yaml")
    assert (answer.code, "keeping them makes a film of that engine (torch" in answer.err) == (4, True)
    assert "0 drawn" in command("render", "film.yaml", "--accept-seam").out
    assert command("status", "film.yaml").out.endswith("frames 0-6 kept; nothing to render\n")
    after = digests(half)
    assert after.pop("film.json") != whole.pop("film.json")
    assert after == whole


@pytest.mark.parametrize(
    "spoil",
    [{"frame": 0}, {"frame": 6}, {"shot": "none"}, {"before": {"torch": 2}}, {"after": []}, {"shot": ["day"]}],
)
def test_a_seam_that_cannot_be_makes_the_record_damaged(command, use, half: Path, spoil: dict) -> None:
    use(2, torch="2.13")
    command("render", "film.yaml", "--accept-seam")
    path = half / "film.json"
    found = json.loads(path.read_text())
    found["seams"][0] |= spoil
    path.write_text(json.dumps(found))
    answer = command("verify", half)
    assert (answer.code, "damaged film record" in answer.err) == (4, True)
    answer = command("render", "film.yaml")  # then nothing proves that the seam was wanted
    assert (answer.code, "keeping them makes a seam at frame 3" in answer.err) == (4, True)
