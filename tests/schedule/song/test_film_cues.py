"""Cues of a song, as a film's values know them: labels, lyrics and notes of other programs, at frames of the film.

The song has 12 s. The fixtures forbid listening: what cues say is known without, unless a test brings a made-up song.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import mido
import numpy as np
import pytest
import yaml

import pipeline.listen
from pipeline.errors import KeyframeError
from pipeline.explain import explain
from pipeline.listen.names import SIGNALS
from pipeline.plot import gather
from pipeline.schedule import study
from pipeline.schedule.schema import schema
from pipeline.schedule.song.cue_files import SUFFIXES
from pipeline.schedule.song.film_song import FilmSong
from pipeline.types import CameraMove, Film
from tests.schedule.conftest import PLAIN

from .test_film_song import made_up

ReadFilm = Callable[..., Film]
LABELS = "1.0\t3.0\tCalm sea\n2.2\t2.2\thit\n6\t8\tCalm sea\n7.46\t7.46\thit\n"
LYRICS = "[00:02.00]a red sea\n[00:04.50]the tower {burns}: 3\n[00:07.00]\n[00:09.04]birds\n"


@pytest.fixture(autouse=True)
def song(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_sound) -> None:
    monkeypatch.setenv("PIPELINE_SONGS", str(tmp_path / "heard"))
    write_sound(tmp_path / "song.wav", [[0.1]] * 8000 * 12, 8000)
    (tmp_path / "a.txt").write_text(LABELS)
    (tmp_path / "l.lrc").write_text(LYRICS)
    monkeypatch.setattr(pipeline.listen, "listen", lambda *_, **__: pytest.fail("listened"), raising=False)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Two bars of 3/4: 120 bpm, from the second bar on 60; the lead plays c4 at 0 and c5 at 2.5 s, its cc7 opens."""
    file = mido.MidiFile(ticks_per_beat=480)
    clock, lead = mido.MidiTrack(), mido.MidiTrack()
    clock.append(mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0))
    clock.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    clock.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=3 * 480))
    lead.append(mido.MetaMessage("track_name", name="Lead", time=0))
    lead.append(mido.Message("note_on", note=60, velocity=127, time=0))
    lead.append(mido.Message("control_change", control=7, value=127, time=240))
    lead.append(mido.Message("note_off", note=60, time=240))
    lead.append(mido.Message("note_on", note=72, velocity=64, time=3 * 480))
    lead.append(mido.Message("note_off", note=72, time=2 * 480))
    file.tracks += [clock, lead]
    file.save(tmp_path / "n.mid")
    return tmp_path / "n.mid"


def film_of(read_film: ReadFilm, roll: str, cues: str = "a.txt", more: str = "", music: str = "") -> Film:
    text = f"prompts: a\nfps: 10\nmusic: {{file: song.wav, cues: {cues}{music}}}\ncamera: {{roll: {roll}}}\n{more}"
    return read_film(text)


def rolls(film: Film, shot: int = 0) -> list[float]:
    moves = [plan.camera for plan in film.shots[shot].plans[1:]]
    return [move.roll_deg for move in moves if isinstance(move, CameraMove)]


@pytest.mark.parametrize(
    ("roll", "cues", "wanted"),  # at frames 9, 25, 65 and 80
    [
        ("calm_sea", "a.txt", (0, 1, 1, 0)),
        ("section(calm_sea)", "a.txt", (0, 0, 1, 0)),  # the hits end it
        ("since(hit, 99)", "a.txt", (99, 3, 43, 5)),  # at frames 22 and, halves upwards, 75
        ("until(hit2, 99)", "a.txt", (66, 50, 10, 99)),
        ("count(calm_sea)", "a.txt", (0, 1, 2, 2)),
        ("count('*_sea')", "a.txt", (0, 1, 2, 2)),
        ("sung", "l.lrc", (0, 1, 1, 0)),
        ("count(line)", "l.lrc", (0, 1, 2, 2)),
        ("count(line)*sung + calm_sea", "[l.lrc, a.txt]", (0, 2, 3, 0)),
        ("lead", "n.mid", (0, 64 / 127, 0, 0)),
        ("lead_pitch", "n.mid", (0, 1, 1, 1)),
        ("lead_cc7", "n.mid", (1, 1, 1, 1)),
        ("since(c5, 99)", "n.mid", (99, 0, 40, 55)),
        ("beat", "n.mid", (1.8, 4, 8, 9.5)),
        ("bar", "n.mid", (0.6, 4 / 3, 8 / 3, 19 / 6)),
        ("bpm", "n.mid", (80, 80, 80, 80)),
        ("since_beat()", "n.mid", (4, 0, 0, 5)),
    ],
)
def test_names_of_cues(read_film: ReadFilm, notes: Path, roll: str, cues: str, wanted: tuple[float, ...]) -> None:
    found = rolls(film_of(read_film, f'"({roll})/1000"', cues))
    assert [round(found[frame - 1] * 1000, 3) for frame in (9, 25, 65, 80)] == pytest.approx(wanted, abs=0.002)
    yaml_text = f"prompts: a\nmusic: {{file: song.wav, cues: {cues}}}"
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(yaml_text))


def test_where_in_the_song_the_film_is(read_film: ReadFilm) -> None:
    found = rolls(film_of(read_film, '"since(hit, 99)/100"', music=", start: 2s, offset: 1s, length: 5s"))
    assert [round(found[frame - 1] * 100) for frame in (11, 12, 13)] == [99, 0, 1]  # the second is not played
    assert found[-1] > 0.3
    calm = rolls(film_of(read_film, "count(calm_sea)/100", music=", start: 2s, offset: 1s"))
    assert [round(calm[frame - 1] * 100) for frame in (9, 10, 49, 50)] == [0, 1, 1, 2]  # runs when the music sets in


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("hit2 - 1s", (65,)),
        ("hit(2)", (75,)),
        ("calm_sea + 500ms", (15, 65)),
        ("bar 2", (15,)),
        ("c5 + 2b", (45,)),
        ("every bar until 6s", (0, 15, 45)),
    ],
)
def test_times_at_cues(read_film: ReadFilm, notes: Path, label: str, wanted: tuple[int, ...]) -> None:
    film = film_of(read_film, "since(here)", "[a.txt, n.mid]", f"labels: {{here: '{label}'}}")
    assert tuple(each.frame for each in film.shots[0].labels if each.name == "here") == wanted


def test_keys_and_shots_at_cues(read_film: ReadFilm) -> None:
    shots = "shots: [{name: a, duration: hit}, {name: b, duration: hit}, {name: c}]"
    film = film_of(read_film, "{calm_sea: 0.5, hit: 0.25}", more=shots)
    assert [len(shot.plans) for shot in film.shots] == [22, 53, 45]
    assert [rolls(film)[n] for n in (0, 9, 20)] == [0.5, 0.5, 0.5]  # no hit is in this shot
    assert [rolls(film, 1)[n] for n in (18, 37, 51)] == [0.375, 0.5, 0.5]  # the second calm is at frame 38
    assert [(each.name, each.frame) for each in film.shots[1].labels] == [("hit", 0), ("calm_sea", 38)]
    assert rolls(film, 2)[:9] == [0.25] * 9  # a hit is where the shot begins, so the calm does not run into it
    shots = "shots: [{name: a, duration: 1.5s}, {name: b, duration: 2s}, {name: c}]"
    film = film_of(read_film, "{calm_sea: 0.5, 1.9s: 0}", more=shots)
    assert [rolls(film, 1)[n] for n in (8, 18)] == pytest.approx([0.5 * 10 / 19, 0])  # the calm runs into it
    assert rolls(film, 2)[:9] == [0.0] * 9  # and not into this one


def test_a_written_tempo_wins_over_notes_and_notes_over_the_beats_file(
    read_film: ReadFilm, notes: Path, tmp_path: Path
) -> None:
    (tmp_path / "song.beats.yaml").write_text("bars:\n- [1, 2]\n- [3, 4]\n")
    assert rolls(film_of(read_film, "beat", "n.mid"))[14] == 3
    assert rolls(film_of(read_film, "beat", "n.mid", "bpm: 30"))[19] == 1


@pytest.mark.parametrize(
    ("shape", "frame", "wanted"),
    [
        ("of: calm_sea, delay: 0.5s", 33, 1),
        ("of: lead, quantise: bar", 40, 64 / 127),
        ("of: sung, gain: 2", 30, 2),
    ],
)
def test_signals_of_cues_are_shaped(read_film: ReadFilm, notes: Path, shape: str, frame: int, wanted: float) -> None:
    film = film_of(read_film, "own/10", "[a.txt, l.lrc, n.mid]", f"signals: {{own: {{{shape}}}}}")
    assert rolls(film)[frame - 1] * 10 == pytest.approx(wanted, abs=1e-5)


def test_a_prompt_has_the_words_of_the_line(read_film: ReadFilm) -> None:
    text = "prompts: ['a picture of {line}', {text: '{line}', weight: sung}]\nprompt_suffix: in {sec:.0}"
    film = read_film(f"fps: 10\nmusic: {{file: song.wav, cues: l.lrc}}\nshots: [{{duration: 5s}}, {{}}]\n{text}")
    at = {number: plan.prompts for number, plan in enumerate(plan for shot in film.shots for plan in shot.plans)}
    assert [one.text for one in at[0]] == ["a picture of a red sea in 0"]  # what will be sung first
    assert [one.text for one in at[44]] == ["a picture of a red sea in 4", "a red sea in 4"]
    assert at[45][0].text == "a picture of the tower {burns}: 3 in 4"  # as it is written
    assert [one.text for one in at[80]] == ["a picture of the tower {burns}: 3 in 3"]  # what was sung last
    assert at[90][0].text == "a picture of birds in 4"


def test_what_cues_say_is_shown(read_film: ReadFilm) -> None:
    film_of(read_film, "calm_sea + count(hit)")
    reading = study("film.yaml", config=PLAIN)
    facts = {fact.name: fact for fact in explain(reading, 22)}
    assert facts["signal.calm_sea"].value == 1
    assert facts["signal.calm_sea"].how == "while the label 'Calm sea' lasts, by a.txt"
    assert str(facts["signal.calm_sea"].mark) == "film.yaml:3:31"
    assert facts["labels"].value == ["hit"]
    assert facts["music.cues"].value == ["a.txt"]
    sheet = gather(reading)
    assert sheet.labels == {"hit": (22, 75)}
    assert "signal.calm_sea" in [track.name for track in sheet.tracks]


def test_notes_are_beats_of_the_picture_without_listening(read_film: ReadFilm, notes: Path) -> None:
    film_of(read_film, "1", "n.mid")
    assert gather(study("film.yaml", config=PLAIN)).grid is not None


def refused(read_film: ReadFilm, cues: str, more: str = "", roll: str = "0") -> str:
    with pytest.raises(KeyframeError) as caught:
        film_of(read_film, roll, cues, more)
    assert len(caught.value.complaints) == 1, caught.value
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "cues", "more", "wanted"),
    [
        ("", "b.txt", "", "3:31: there is no file of cues 'b.txt'; did you mean 'a.txt'? (known: a.txt, l.lrc)"),
        ("", "no/b.txt", "", "3:31: there is no file of cues 'no/b.txt'; give a path from the keyframe file's folder "),
        ("", ".", "", "3:31: there is no file of cues '.'; "),
        ("", "song.wav", "", "3:31: the cues cannot be read: song.wav: '.wav' is no kind of cues; give .txt (Auda"),
        ("", "[]", "", "3:31: there are no cues in this list; name a file, such as lyrics.lrc"),
        ("", "[[a.txt]]", "", "3:32: cues are the path of a file, or a list of them (found a list); "),
        ("", "{a: b}", "", "3:31: cues are the path of a file, or a list of them (found names and values); "),
        ("1\ttwo\tx\n", "b.txt", "", "3:31: the cues cannot be read: b.txt:1:3: 'two' is no number of seconds; "),
        ("1\t2\t?!\n", "b.txt", "", "3:31: the cues cannot be read: b.txt:1:5: a label without a name; give it one "),
        ("1\t22000\tx\n", "b.txt", "", "3:31: the cues cannot be read: b.txt:1:9: is later than 6 hours; "),
        ("1\t1\tSin\n", "b.txt", "", "3:31: b.txt:1:5: 'sin' means something already; give a label another name"),
        (f"1\t1\t{'x' * 41}\n", "b.txt", "", "3:31: b.txt:1:5: a label cannot be called 'xxxxx"),
        ("\n1\t2\tKick\n", "b.txt", "", "3:31: b.txt:2:5: the signal 'kick' is heard in the music already; give "),
        ("1\t1\thit\n", "[a.txt, b.txt]", "", "3:39: b.txt:1:5: the label 'hit' is also one of a.txt:2:9; rename "),
        ("1\t1\tLine\n", "[l.lrc, b.txt]", "", "3:39: b.txt:1:5: the label 'line' is also one of l.lrc:1:1; "),
        ("", "a.txt", "let: {hit: 1}", "3:31: a.txt:2:9: 'hit' is also a value under let; rename one of them"),
        ("", "a.txt", "labels: {hit: 1s}", "3:31: a.txt:2:9: 'hit' is also a label of the film, at line 5; rename "),
        ("", "a.txt", "shots: [{labels: {hit: 0}}]", "3:31: a.txt:2:9: 'hit' is also a label of the film, at line 5;"),
        ("1\t1\tpart\n", "b.txt", "", "3:31: b.txt:1:5: 'part' is also where any part of the song begins; rename "),
        (
            "",
            "a.txt",
            "signals: {calm_sea: {of: hat}}",
            "5:11: 'calm_sea' is also a signal of a.txt:1:9; give this one another name",
        ),
        ("", "a.txt", "prompt_suffix: '{line}'", "5:18: there are no lyrics of what is played, so no line of them; "),
    ],
)
def test_what_is_wrong_is_told(
    read_film: ReadFilm, tmp_path: Path, written: str, cues: str, more: str, wanted: str
) -> None:
    if written:
        (tmp_path / "b.txt").write_text(written)
    assert refused(read_film, cues, more).startswith(f"film.yaml:{wanted}")


def test_cues_that_cannot_be_read_are_told_once(read_film: ReadFilm, tmp_path: Path) -> None:
    (tmp_path / "b.lrc").write_text("words")
    said = refused(
        read_film, "b.lrc", "signals: {own: {of: sung}}\nprompt_suffix: '{line}'", "sung + since(line) + beat"
    )
    assert said == "film.yaml:3:31: the cues cannot be read: b.lrc:1:1: a line without a time; begin it with [mm:ss.xx]"


def test_names_of_sections(read_film: ReadFilm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.txt").write_text("1\t1\tchorus\n")
    assert rolls(film_of(read_film, "count(chorus)/9", "b.txt"))[-1] == pytest.approx(1 / 9)
    monkeypatch.setattr(pipeline.listen, "listen", lambda *_, **__: made_up())
    wanted = "film.yaml:3:31: b.txt:1:5: 'chorus' is also a section that is heard in the song; rename one of them"
    assert refused(read_film, "b.txt", roll="since(verse)") == wanted
    assert rolls(film_of(read_film, "since(verse)/1000"))[20] == pytest.approx(0.021)
    (tmp_path / "song.beats.yaml").write_text("bars:\n- [1, 2]\nsections:\n  3: chorus\n")
    wanted = "film.yaml:3:31: b.txt:1:5: 'chorus' is also a section of song.beats.yaml; rename one of them"
    assert refused(read_film, "b.txt").startswith(wanted)


def test_two_tempo_maps_must_agree(read_film: ReadFilm, notes: Path) -> None:
    shutil.copy(notes, "m.mid")
    with pytest.raises(KeyframeError, match=r"m\.mid: the label 'c4' is also one of n\.mid"):
        film_of(read_film, "0", "[n.mid, m.mid]")
    drums = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.Message("note_on", note=36, time=0), mido.Message("note_off", note=36, time=4800)])
    track.insert(0, mido.MetaMessage("track_name", name="drums"))
    drums.tracks.append(track)
    drums.save("d.mid")
    assert "3:39: d.mid and n.mid have their beats at different times; export both" in refused(
        read_film, "[n.mid, d.mid]"
    )


def test_music_keeps_the_digests_of_what_it_is_followed_by(read_film: ReadFilm, notes: Path, tmp_path: Path) -> None:
    (tmp_path / "song.beats.yaml").write_text("bars:\n- [1, 2]\n")
    music = film_of(read_film, "0", "[a.txt, n.mid]").music
    assert music is not None
    assert [Path(file.path).name for file in music.beside] == ["song.beats.yaml", "a.txt", "n.mid"]
    assert len({file.digest for file in music.beside}) == 3
    assert music == film_of(read_film, "0", "l.lrc").music  # no part of what the sound is


def test_a_hostile_file_costs_little(read_film: ReadFilm, tmp_path: Path) -> None:
    """Long labels of many names are drawn only where they are asked for, and brackets are not looked at twice."""
    (tmp_path / "b.txt").write_text("".join(f"0\t21000\tn{n}\n" for n in range(900)))
    assert rolls(film_of(read_film, "n77", "b.txt"))[0] == 1
    (tmp_path / "b.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\n" + "<" * 200_000 + "{\\" * 100_000)
    assert "b.srt:2:1: a line of 400000 characters; keep it to 500" in refused(read_film, "b.srt")
    (tmp_path / "b.txt").write_text("".join(f"0\t1\tn{n}\n" for n in range(1100)))
    assert "b.txt: has 1100 different labels; keep to 1000" in refused(read_film, "b.txt")
    (tmp_path / "b.txt").write_text("0\t1\tn\n" * 51_000)
    assert "b.txt: has 51000 labels or lines; keep it to 50000" in refused(read_film, "b.txt")
    (tmp_path / "b.txt").write_bytes(b"0\t1\tn\n" * 800_000)
    assert "b.txt: the file is larger than 4 MiB" in refused(read_film, "b.txt")
    assert "\0" not in refused(read_film, '"a\\0.txt"')


def test_tables_agree() -> None:
    from pipeline.listen import cues

    assert SUFFIXES == cues.SUFFIXES
    assert not {cues.LINE, cues.SUNG} & {*SIGNALS}
    assert isinstance(FilmSong.tempo, property)
    assert np.isfinite(cues.LONGEST_S)
