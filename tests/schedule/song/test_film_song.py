"""A film that follows its music: beats, labels and signals of a song made up of numbers, at frames of the film.

The song: beats every 0.5 s from 1 s to 5 s, then every 0.25 s to 11 s, downbeats every four from the second beat on; a
verse to 4 s, a chorus to 7 s, a verse to 9 s, a chorus to the end at 12 s. `kick` is 1 in [2, 2.1) and 0.5 in [6, 6.1).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml

import pipeline.listen
from pipeline.errors import KeyframeError, SoundError
from pipeline.explain import explain
from pipeline.listen import Onsets, Section, Signal, Song, TempoMap
from pipeline.listen.names import SIGNALS
from pipeline.plot import gather
from pipeline.schedule import study
from pipeline.schedule.schema import schema
from pipeline.types import CameraMove, Film
from tests.schedule.conftest import PLAIN

ReadFilm = Callable[..., Film]
RATE_HZ = 100.0
SECTIONS = (("verse", 0.0, 4.0), ("chorus", 4.0, 7.0), ("verse", 7.0, 9.0), ("chorus", 9.0, 12.0))


def blows(*at: tuple[float, float]) -> np.ndarray:
    values = np.zeros(1200)
    for second, height in at:
        values[round(second * RATE_HZ) : round((second + 0.1) * RATE_HZ)] = height
    return values


def made_up() -> Song:
    signals = {name: Signal(np.zeros(1200), RATE_HZ) for name in SIGNALS}
    signals["kick"] = Signal(blows((2, 1.0), (6, 0.5)), RATE_HZ, "peak")
    signals["loudness"] = Signal(np.linspace(0, 1.2, 1201)[:1200], RATE_HZ)
    beats = np.concatenate([np.arange(1, 5, 0.5), np.arange(5, 11, 0.25)])
    sections = tuple(Section(*each) for each in SECTIONS)
    edges = np.array([0.0, 100.0, 200.0, 400.0])
    bands = np.ones((3, 1200), dtype=np.float32)
    starts = np.arange(1, len(beats), 4)
    nothing = Onsets(np.zeros(0), np.zeros(0))
    return Song("", 12.0, TempoMap(beats, starts, 4), sections, nothing, "", signals, bands, edges, RATE_HZ)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_sound) -> list[str]:
    """Let the made-up song be what is heard in `song.wav`; return what was listened to."""
    monkeypatch.setenv("PIPELINE_SONGS", str(tmp_path / "heard"))
    write_sound(tmp_path / "song.wav", [[0.1]] * 8000 * 12, 8000)
    asked: list[str] = []

    def listen(path: str, **settings: object) -> Song:
        asked.append(f"{path} {settings}")
        return made_up()

    monkeypatch.setattr(pipeline.listen, "listen", listen, raising=False)
    return asked


def rolls(film: Film, shot: int = 0) -> list[float]:
    moves = [plan.camera or CameraMove() for plan in film.shots[shot].plans[1:]]
    return [move.roll_deg for move in moves if isinstance(move, CameraMove)]


def film_of(read_film: ReadFilm, roll: str, more: str = "", music: str = "song.wav") -> Film:
    return read_film(f"prompts: a\nfps: 10\nmusic: {music}\ncamera: {{roll: {roll}}}\n{more}")


@pytest.mark.parametrize(
    ("roll", "wanted"),  # at frames 25, 55 and 80: seconds 2.5, 5.5 and 8
    [
        ("beat", (3, 10, 20)),
        ("bar", (0.5, 2.25, 4.75)),
        ("beat % 1", (0, 0, 0)),
        ("bpm", (240, 240, 240)),
        ("since_beat()", (0, 0, 0)),
        ("since_beat(4)", (15, 5, 0)),  # beats 0, 8 and 20 are the last of every four: at 1, 5 and 8 s
        ("until_beat(4)", (5, 5, 10)),  # in frames: to 3, 6 and 9 s
        ("since_bar()", (10, 2, 7)),  # bars begin at 1.5, 3.5, 5.25, 6.25, 7.25 s; halves of frames go up
        ("section(chorus)", (0, 1, 0)),
        ("section('chor*')", (0, 1, 0)),
        ("since(chorus)", (1_000_000, 15, 40)),
        ("since(chorus, 7)", (7, 15, 40)),
        ("until(chorus2, 0)", (65, 35, 10)),
        ("count(verse)", (1, 1, 2)),
        ("count(part)", (1, 2, 3)),
        ("phase", (0, 0, 0)),
        ("kick", (0, 0, 0)),
    ],
)
def test_values_follow_the_song(read_film: ReadFilm, heard: list[str], roll: str, wanted: tuple[float, ...]) -> None:
    found = rolls(film_of(read_film, f'"({roll})/1000000"'))
    assert [round(found[frame - 1] * 1_000_000, 3) for frame in (25, 55, 80)] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("fps", "music", "frame", "wanted"),
    [
        (10, "song.wav", 20, 1),
        (10, "song.wav", 19, 0),
        (10, "song.wav", 21, 0),
        (10, "song.wav", 60, 0.5),
        (30, "song.wav", 60, 1),
        (30, "song.wav", 62, 1),
        (30, "song.wav", 63, 0),
        (10, "{file: song.wav, start: 1.5s}", 5, 1),
        (10, "{file: song.wav, start: 1.5s}", 20, 0),
        (10, "{file: song.wav, offset: 2s}", 40, 1),
        (10, "{file: song.wav, start: 2.1s, offset: 1s}", 9, 0),  # the blow was before the music sets in
        (10, "{file: song.wav, length: 5s}", 49, 0),
        (10, "{file: song.wav, start: 1s, offset: 500ms, length: 6s}", 55, 0.5),
    ],
)
def test_a_signal_is_read_at_the_frame_s_own_time(
    read_film: ReadFilm, heard: list[str], fps: int, music: str, frame: int, wanted: float
) -> None:
    film = read_film(f"prompts: a\nfps: {fps}\nmusic: {music}\ncamera: {{roll: kick}}")
    assert rolls(film)[frame - 1] == wanted


def test_music_that_is_cut_is_silent_behind_its_end(read_film: ReadFilm, heard: list[str]) -> None:
    found = rolls(film_of(read_film, "kick", "duration: 8s", "{file: song.wav, length: 5s}"))
    assert max(found) == 1
    assert found[59] == 0  # the second blow is not played


def test_shots_hear_the_film_s_music(read_film: ReadFilm, heard: list[str]) -> None:
    shots = "shots: [{name: a, duration: 1.5s}, {name: b, duration: 1s}, {name: c}]"
    film = film_of(read_film, "kick + beat/100", shots)
    assert [len(shot.plans) for shot in film.shots] == [15, 10, 95]
    assert rolls(film, 1)[5 - 1] == pytest.approx(1 + 0.02)
    assert rolls(film, 2)[35 - 1] == pytest.approx(0.5 + 0.12)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("bar 2", (35,)),  # the song's second downbeat, at 3.5 s
        ("beat 9", (50,)),
        ("beat 9.5", (51,)),  # 51.25
        ("4b", (20,)),  # four beats after the shot's start, before the first beat at the tempo there
        ("chorus + 2b", (50, 95)),
        ("chorus(2) - 4b", (80,)),
        ("@chorus2 + 1b", (93,)),  # 92.5, upwards
        ("1s + 10b - 500ms", (53,)),  # ten beats from 0.5 s on, which is beat -1: 52.5
        ("bar 2 + 1s", (45,)),
        ("every 4 bars", (15, 73, 113, 153)),  # 72.5 and so on; and the first behind the end
        ("every bar until 6s", (15, 35, 53)),
        ("every 2b from 1s until 3s", (10, 20)),
        ("every bar where kick > 0.2 or loudness > 1", (103, 113)),
        ("every beat where kick > 0.2", (20, 60)),
        ("every 1s where kick > 0.7", (20,)),
    ],
)
def test_labels_stand_on_the_song(read_film: ReadFilm, heard: list[str], label: str, wanted: tuple[int, ...]) -> None:
    film = film_of(read_film, "since(here)", f"labels: {{here: '{label}'}}")
    assert tuple(each.frame for each in film.shots[0].labels) == wanted


def test_a_written_tempo_wins(read_film: ReadFilm, heard: list[str]) -> None:
    film = film_of(read_film, "beat", "bpm: 60\nlabels: {here: [bar 2, every 4b]}\nsilence: unused-label")
    assert rolls(film)[9] == 1
    assert [label.frame for label in film.shots[0].labels] == [0, 40, 80, 120]
    assert heard == []


def test_nothing_is_listened_to_without_need(read_film: ReadFilm, heard: list[str]) -> None:
    film_of(read_film, '"sin(t, 2s) + smile"', "let: {smile: 1}")
    assert heard == []
    film_of(read_film, "kick")
    assert heard == ["song.wav {'beats_per_bar': None}"]
    film_of(read_film, "kick", "beats_per_bar: 3")
    assert heard[1:] == ["song.wav {'beats_per_bar': 3}"]


def test_shots_last_as_long_as_sections(read_film: ReadFilm, heard: list[str]) -> None:
    shots = "shots: [{name: a, duration: chorus}, {name: b, duration: part}, {name: c, duration: part + 1s}, {name: d}]"
    film = film_of(read_film, "0", shots)
    assert [len(shot.plans) for shot in film.shots] == [40, 30, 30, 20]
    film = film_of(read_film, "0", "duration: part\nshots: [{name: a}, {name: b}, {name: c}, {name: d}]")
    assert [len(shot.plans) for shot in film.shots] == [40, 30, 20, 30]
    film = film_of(read_film, "0", "shots: [{name: a, duration: bar 3}, {name: b, duration: chorus2}, {name: c}]")
    assert [len(shot.plans) for shot in film.shots] == [53, 37, 30]


def test_prompts_change_with_the_sections_in_every_shot(read_film: ReadFilm, heard: list[str]) -> None:
    text = "prompts: {verse: a, chorus: b}\nprompt_fade: hold\nfps: 10\nmusic: song.wav\n"
    film = read_film(text + "shots: [{name: x, duration: 5s}, {name: y, duration: part}, {name: z}]")
    said = [[plan.prompts[0].text for plan in shot.plans] for shot in film.shots]
    assert said == [["a"] * 40 + ["b"] * 10, ["b"] * 20, ["a"] * 20 + ["b"] * 30]


def test_keys_at_sections(read_film: ReadFilm, heard: list[str]) -> None:
    found = rolls(film_of(read_film, "{0: 0, chorus: 1 hold, verse2 - 1s: 2 hold}"))
    assert [found[frame - 1] for frame in (39, 40, 59, 60, 89, 90)] == [0, 1, 1, 2, 2, 1]


def test_the_song_s_labels_do_not_end_those_of_the_film(read_film: ReadFilm, heard: list[str]) -> None:
    found = rolls(film_of(read_film, "section(calm) + 2*section(chorus)", "labels: {calm: 1s, tick: 6s}"))
    assert [found[frame - 1] for frame in (9, 10, 39, 40, 60, 70)] == [0, 1, 1, 3, 2, 0]


@pytest.mark.parametrize(
    ("shape", "frame", "wanted"),
    [
        ("of: kick, gain: 2", 20, 2),
        ("of: kick, gate: 0.6", 60, 0),
        ("of: kick, threshold: 0.4", 60, 1),
        ("of: kick, gamma: 2", 60, 0.25),
        ("of: kick, gamma: 2, gain: 4", 60, 1),
        ("gain: 4, gamma: 2, of: kick", 60, 1),  # the order written does not matter
        ("of: kick, delay: 0.5s", 25, 1),
        ("of: kick, lead: 0.5s", 15, 1),
        ("of: kick, lead: auto", 17, 1),
        ("of: kick, hold: 1s", 29, 1),
        ("of: kick, quantise: beat", 24, 1),
        ("of: kick, quantise: bar", 34, 1),
        ("of: kick, accumulate: on", 50, 0.1),
        ("of: kick, accumulate: on", 110, 0.15),
        ("of: first, gain: 3", 60, 1.5),
    ],
)
def test_shapes(read_film: ReadFilm, heard: list[str], shape: str, frame: int, wanted: float) -> None:
    text = f"signals: {{first: {{of: kick}}, own: {{{shape}}}}}\nsilence: [unused-name]"
    assert rolls(film_of(read_film, "own/10", text))[frame - 1] * 10 == pytest.approx(wanted, abs=1e-4)
    known = yaml.safe_load(f"prompts: a\nmusic: song.wav\n{text}")
    jsonschema.Draft202012Validator(schema()).validate(known)


def test_a_distance_begins_where_the_music_does(read_film: ReadFilm, heard: list[str]) -> None:
    music, text = "{file: song.wav, start: 5s}", "signals: {far: {of: kick, accumulate: true}}"
    found = rolls(film_of(read_film, "far", text, music))
    assert found[3] == 0
    assert found[30] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("roll", "more", "wanted"),
    [
        ("kik", "", "4:16: unknown name 'kik' in expression; did you mean 'kick'? "),
        ("since(coda)", "", "4:22: there is no label 'coda'; "),
        ("0", "duration: corus", "5:11: not a time (found 'corus'); "),
        ("since_beat(x)", "", "4:27: since_beat wants a number above 0; write since_beat(n) or since_beat()"),
        ("since_beat(0)", "", "4:27: since_beat wants a number above 0; "),
        ("since_beat(0.0000001)", "", "4:27: since_beat looks at too many moments; count more beats"),
        ("0", "labels: {a: 'max(2b, 3s)'}", "5:14: beats of music can only be added here; write a sum, "),
        ("0", "labels: {a: 1s + chorus}", "5:18: the label 'chorus' comes 2 times in this shot; write chorus(1) "),
        ("0", "labels: {a: bar 0}", "5:13: bars count from 1 (found 'bar 0'); write 'bar 1' for the beginning"),
        ("0", "labels: {a: beat 0}", "5:13: beats count from 1 (found 'beat 0'); write 'beat 1' for the beginning"),
        ("0", "labels: {a: every 0b}", "5:19: labels cannot come every 0 beats; "),
        ("0", "labels: {a: every bar where louder}", "5:29: unknown name 'louder' in expression; "),
        ("0", "signals: kick", "5:10: signals must hold names and shapes (found 'kick'); "),
        ("0", "signals: {kick: {of: hat}}", "5:11: 'kick' is heard already; give this one another name"),
        ("0", "signals: {pulse: {of: hat}}", "5:11: 'pulse' means something already; "),
        ("0", "signals: {a: {gate: 1}}", "5:14: a signal needs either of or band; write of: kick, or band: "),
        ("0", "signals: {a: {of: hat, band: [1, 2]}}", "5:14: a signal needs either of or band; "),
        ("0", "signals: {a: {of: hta}}", "5:19: there is no signal 'hta'; did you mean 'hat'? "),
        ("0", "signals: {a: {of: b}, b: {of: hat}}", "5:19: there is no signal 'b'; "),
        ("0", "signals: {a: {band: [60]}}", "5:21: band is two frequencies (found a list); write band: [60, 250]"),
        ("0", "signals: {a: {band: [60, 20]}}", "5:21: band goes from 60 to 20 Hz; write the lower frequency first"),
        ("0", "signals: {a: {of: hat, gat: 1}}", "5:24: unknown key 'gat' in signal; did you mean 'gate'? "),
        ("0", "signals: {a: {of: hat, release: 3}}", "5:33: release is a time of the music, not a frame (found '3'); "),
        ("0", "signals: {a: {of: hat, smooth: 70s}}", "5:32: smooth is 70 s; choose at most 60 s"),
        ("0", "shots: [{name: x, duration: verse2}, {name: y, duration: verse}]", "5:58: 'verse' does not come after "),
        (
            "0",
            "let: {a: 1}\nsignals: {a: {of: hat}}",
            "6:14: the signal 'a' is also a value under let; ",
        ),
    ],
)
def test_what_is_wrong_is_told(read_film: ReadFilm, heard: list[str], roll: str, more: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        film_of(read_film, roll, more)
    assert str(caught.value).startswith(f"film.yaml:{wanted}")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("camera: {roll: kick}", "2:16: 'kick' is heard in music, and the film has none; add 'music: song.mp3' "),
        ("signals: {a: {of: hat}}", "2:10: there is no music to hear signals in; add 'music: song.mp3'"),
        ("camera: {roll: beat}", "2:16: unknown name 'beat' in expression; add 'bpm: 120' at the top of the file, or "),
        ("camera: {roll: since_bar()}", "2:16: beats and bars need a tempo; add 'bpm: 120' at the top of the file, "),
    ],
)
def test_without_music(read_film: ReadFilm, text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\n{text}")
    assert str(caught.value).startswith(f"film.yaml:{wanted}")


def test_music_that_cannot_be_read_is_told_once(read_film: ReadFilm, heard: list[str]) -> None:
    with pytest.raises(KeyframeError) as caught:
        film_of(read_film, "kick + beat", "duration: chorus", "sogn.wav")
    assert [str(each.mark) for each in caught.value.complaints] == ["film.yaml:3:8"]


def test_music_that_cannot_be_followed(read_film: ReadFilm, heard: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(path: str, **settings: object) -> Song:
        raise SoundError("song.beats.yaml:3:1: a bar without a beat; remove it, or write its beats")

    monkeypatch.setattr(pipeline.listen, "listen", listen)
    with pytest.raises(KeyframeError) as caught:
        film_of(read_film, "kick + beat")
    what = "the music cannot be followed: song.beats.yaml:3:1: a bar without a beat; remove it, or write its beats"
    assert str(caught.value) == f"film.yaml:3:8: {what}"


def test_music_without_beats(read_film: ReadFilm, heard: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    still = made_up()
    object.__setattr__(still, "tempo", TempoMap(np.zeros(0), np.zeros(0, dtype=int), 4))
    monkeypatch.setattr(pipeline.listen, "listen", lambda path, **settings: still)
    assert rolls(film_of(read_film, "kick"))[19] == 1
    with pytest.raises(KeyframeError, match="3:8: no beats are heard in the music; write bpm: 120 at the top of the "):
        film_of(read_film, "beat")


def test_what_is_heard_is_shown(read_film: ReadFilm, heard: list[str]) -> None:
    film_of(read_film, "punch", "signals: {punch: {of: kick, gain: 2, lead: auto}}")
    reading = study("film.yaml", config=PLAIN)
    facts = {fact.name: fact for fact in explain(reading, 17)}
    assert facts["signal.punch"].value == 2
    says = "kick, gain 2, 0.3 s (3 frames) before the sound, what a film takes to answer"
    assert facts["signal.punch"].how == says
    assert str(facts["signal.punch"].mark) == "film.yaml:5:18"
    assert "signal.kick" not in facts
    sheet = gather(reading)
    assert "signal.punch" in [track.name for track in sheet.tracks]
    assert sheet.grid is not None


def test_a_long_bar_ruler_counts_the_song_s_bars(read_film: ReadFilm, heard: list[str]) -> None:
    from pipeline.plot.ruler import bar_ticks

    film_of(read_film, "beat")
    found = bar_ticks(gather(study("film.yaml", config=PLAIN)), 8.0)
    assert found[:4] == [(15.0, "1"), (35.0, "2"), (52.5, "3"), (62.5, "4")]
