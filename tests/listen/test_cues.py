"""Labels, lyrics and notes that other programs have written."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SoundError
from pipeline.listen import read_cues
from pipeline.listen.cues import Moment, audacity_labels, lyrics, slug, subtitles


def test_audacity_labels_are_moments_and_gates(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("8,5\t8,5\thit\n1.5\t3.000000\tBig drop\n\\\t100.0\t200.0\n5\t6\tBig drop\n", encoding="utf-8")
    cues = read_cues(path)
    assert cues.moments == (Moment(1.5, 3.0, "Big drop"), Moment(5, 6, "Big drop"), Moment(8.5, 8.5, "hit"))
    assert list(cues.signals) == ["big_drop"]
    at = np.array([1.0, 2.0, 4.0, 5.5, 7.0])
    assert cues.signals["big_drop"].at(at, 0.1) == pytest.approx([0, 1, 0, 1, 0])


def test_lyrics_last_until_the_next_line() -> None:
    text = "[ar:Somebody]\n[offset:+500]\n[00:12.50]Hello <00:12.90>there\n[00:20.00][01:01.5]Chorus\n\n[00:30.00]\n"
    assert lyrics(text, "song.lrc") == [
        Moment(12.0, 19.5, "Hello there"),
        Moment(19.5, 29.5, "Chorus"),
        Moment(61.0, 61.0, "Chorus"),
    ]


def test_subtitles_are_joined_and_without_tags() -> None:
    text = "1\n00:00:01,500 --> 00:00:03,000\n<i>Two</i>\nlines\n\n2\n01:00:00.25 --> 01:00:01,000\nlate\n"
    assert subtitles(text, "song.srt") == [Moment(1.5, 3.0, "Two lines"), Moment(3600.25, 3601.0, "late")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "1.0 2.0 hit", r"a\.txt:1:1: a label needs a start and an end"),
        ("a.txt", "1.0\t2.0\tx\n1.0\ttwo\tx", r"a\.txt:2:5: 'two' is no number of seconds"),
        ("a.txt", "2.0\t1.0\tx", r"a\.txt:1:5: the end 1 is before the start 2"),
        ("a.lrc", "words", r"a\.lrc:1:1: a line without a time; begin it with \[mm:ss.xx\]"),
        ("a.lrc", "", r"a\.lrc:1:1: there is no line with a time"),
        ("a.srt", "1\n00:00:01,000 --> 99\nx", r"a\.srt:2:18: '99' is no time"),
        ("a.srt", "1\n00:00:02,000 --> 00:00:01,000\nx", r"a\.srt:2:18: the end is before the start"),
        ("a.srt", "words", r"a\.srt:1:1: a text without a time"),
        ("a.doc", "words", r"a\.doc: '\.doc' is no kind of cues"),
        ("a.mid", "words", r"a\.mid: (is no MIDI file|cannot be read as MIDI)"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SoundError, match=said):
        read_cues(path)


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="cannot be read"):
        read_cues(tmp_path / "none.srt")
    (tmp_path / "a.lrc").write_bytes(b"[00:01.00]a\n\xff")
    with pytest.raises(SoundError, match=r"a\.lrc:2:1: the file is not UTF-8 text"):
        read_cues(tmp_path / "a.lrc")


@settings(max_examples=40)
@given(st.text(max_size=60), st.sampled_from([audacity_labels, lyrics, subtitles]))
def test_any_text_is_read_or_refused(text: str, read) -> None:
    try:
        for moment in read(text, "label"):
            assert 0 <= moment.start_s <= moment.end_s
    except SoundError as fault:
        assert str(fault).startswith("label:")


def test_names_for_expressions() -> None:
    assert [slug(text) for text in ("Big Drop!", "2nd verse", "Ünder", "")] == ["big_drop", "_2nd_verse", "nder", ""]


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    """Two bars of 3/4: 120 bpm, from the second bar on 60; a lead of two notes and a filter that opens."""
    file = mido.MidiFile(ticks_per_beat=480)
    clock, lead = mido.MidiTrack(), mido.MidiTrack()
    clock.append(mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0))
    clock.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    clock.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=3 * 480))
    lead.append(mido.MetaMessage("track_name", name="Lead synth", time=0))
    lead.append(mido.Message("note_on", note=60, velocity=127, time=0))
    lead.append(mido.Message("control_change", control=74, value=127, time=240))
    lead.append(mido.Message("note_on", note=60, velocity=0, time=240))
    lead.append(mido.Message("note_on", note=72, velocity=64, time=3 * 480))
    lead.append(mido.Message("note_off", note=72, velocity=0, time=2 * 480))
    file.tracks += [clock, lead]
    path = tmp_path / "song.mid"
    file.save(path)
    return path


def test_notes_controllers_and_tempo_of_a_midi_file(midi: Path) -> None:
    cues = read_cues(midi)
    # the second note comes a beat after the tempo has halved: 1.5 s and one second
    assert cues.moments == (Moment(0.0, 0.5, "c4"), Moment(2.5, 4.5, "c5"))
    assert cues.tempo is not None
    assert cues.tempo.beats.tolist() == pytest.approx([0, 0.5, 1.0, 1.5, 2.5, 3.5, 4.5])
    assert cues.tempo.downbeats.tolist() == pytest.approx([0, 1.5, 4.5])
    assert cues.tempo.beats_per_bar == 3
    at = np.array([0.1, 0.3, 1.0, 3.0, 5.0])
    assert cues.signals["lead_synth"].at(at, 0.02) == pytest.approx([1, 1, 0, 64 / 127, 0])
    assert cues.signals["lead_synth_pitch"].at(at, 0.02) == pytest.approx([0, 0, 0, 1, 1])
    assert cues.signals["lead_synth_cc74"].at(at, 0.02) == pytest.approx([0, 1, 1, 1, 1])


def test_a_midi_file_of_endless_beats_is_refused(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=1)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1), mido.Message("note_on", time=2**27)]))
    file.save(tmp_path / "a.mid")
    with pytest.raises(SoundError, match=r"a\.mid: has more than 200000 beats"):
        read_cues(tmp_path / "a.mid")


@settings(max_examples=40)
@given(cut=st.integers(0, 140), at=st.integers(0, 140), byte=st.integers(0, 255))
def test_a_damaged_midi_file_is_read_or_refused(tmp_path_factory, cut: int, at: int, byte: int) -> None:
    file = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack([mido.Message("note_on", note=n, velocity=9, time=9) for n in range(30)])
    file.tracks.append(track)
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    file.save(path)
    data = bytearray(path.read_bytes())
    data[min(at, len(data) - 1)] = byte
    path.write_bytes(data[: len(data) - cut])
    try:
        read_cues(path)
    except SoundError as fault:
        assert str(fault).startswith(str(path))
