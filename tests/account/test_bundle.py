"""One archive of a film, checked on another machine, bit for bit or by a figure; and archives not to be trusted."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import FrameRecord, FrameStore
from pipeline.store.rebuild import plan_in, rebuild
from pipeline.types import Blend, CameraMove, Conditioning, FramePlan, Init, Size, SpatialMove, WeightedPrompt
from tests.conftest import PRESET

OUT = Path("outputs/film")
FACTS = {
    "clip models": f"toy-a {'1' * 64}, toy-b {'2' * 64}",
    "device": "cpu",
    "diffusion model": f"tiny {'3' * 64}",
    "dtype": "float32",
    "program": "0",
    "threads": "1",
    "torch": "2",
}


def change_facts(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for module in ("pipeline.render", "pipeline.account.replay"):
        monkeypatch.setattr(import_module(module), "engine_facts", lambda engine: {**FACTS, **changes})


@pytest.fixture
def archive(command, tiny_engine, film_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundle of a film with a picture in its prompts and conditioning that looks back."""
    change_facts(monkeypatch)
    monkeypatch.setattr(import_module("pipeline.account.replay"), "refuse_absent", lambda engine: None)
    root = Path(__file__).resolve().parents[2]
    shutil.copy(root / "keyframes" / "lighthouse.png", tmp_path / "mood.png")
    text = film_file.read_text().replace("  2: snow on a hill\n", "  2: {image: mood.png, weight: 2}\n")
    film_file.write_text(text + "frame: {color_match: mean}\n")
    answer = command("render", "film.yaml")
    assert answer.code == 0, answer.err
    answer = command("bundle", OUT)
    assert (answer.code, answer.out) == (0, f"{OUT / 'film.zip'}: 6 frames to compare\n"), answer.err
    return OUT / "film.zip"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist()}


def packed(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)


def test_what_is_in_it_and_that_it_is_the_same_again(command, archive: Path, film_file: Path) -> None:
    found = members(archive)
    frames = [name for name in found if name.startswith("frames/")]
    assert frames == [*(f"frames/day/{n:05d}.png" for n in range(4)), *(f"frames/night/{n:05d}.png" for n in range(3))]
    assert found["keyframes.yaml"].decode() == film_file.read_text()
    assert b"models:" in found["preset.yaml"]
    manifest = json.loads(found["manifest.json"])
    assert manifest["facts"] == FACTS
    assert {"python", "torch", "system"} <= manifest["machine"].keys()
    assert len(manifest["shots"][0]["keys"]) == 4
    assert [name for name in found if name.startswith("pictures/")] == [f"pictures/{manifest['pictures'][0]}"]
    before = archive.read_bytes()
    command("bundle", OUT, "--out", "again.zip")
    assert Path("again.zip").read_bytes() == before


def test_the_same_engine_draws_the_same_bits(command, archive: Path, tmp_path: Path) -> None:
    shutil.move(archive, tmp_path / "away.zip")
    shutil.rmtree("outputs")
    Path("mood.png").unlink()
    Path("film.yaml").unlink()
    answer = command("verify", "--bundle", "away.zip")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [
        f"shot '{shot}' frame {n}: the same bits"
        for shot, n in [("day", 0), ("day", 2), ("day", 3), ("night", 0), ("night", 1), ("night", 2)]
    ]


def test_another_engine_is_compared_by_a_figure(command, archive: Path, tiny_engine, monkeypatch) -> None:
    import torch

    change_facts(monkeypatch, torch="3")
    with torch.no_grad():
        for parameter in tiny_engine.easel.denoiser.parameters():
            parameter.mul_(1 + 1e-5)
    answer = command("verify", "--bundle", archive)
    assert answer.code == 0, answer.err
    first, *rest = answer.out.splitlines()
    assert first == "torch: 2 there, 3 here"
    assert any("differs by 0." in line for line in rest)


def test_other_pictures_are_told_whatever_the_engine_says(command, archive: Path, tiny_engine, monkeypatch) -> None:
    import torch

    with torch.no_grad():
        for parameter in tiny_engine.easel.denoiser.parameters():
            parameter.mul_(1 + 1e-4)
    answer = command("verify", "--bundle", archive)
    assert answer.code == 4
    assert "frames are not the same bits; see which above" in answer.err
    with torch.no_grad():
        for parameter in tiny_engine.easel.denoiser.parameters():
            parameter.mul_(-3)
    change_facts(monkeypatch, torch="3")
    answer = command("verify", "--bundle", archive, "--json")
    assert answer.code == 4
    assert "frames are too far apart" in answer.err
    assert max(match["mean"] for match in json.loads(answer.out)["matches"]) > 4


def test_a_film_that_is_not_whole_is_not_bundled(command, archive: Path) -> None:
    (OUT / "frames" / "day" / "00001.png").unlink()
    answer = command("bundle", OUT, "--out", "no.zip")
    assert answer.code == 4
    assert "00001.png: the frame is missing; 1 frames are not as recorded" in answer.err
    assert not Path("no.zip").exists()


def test_a_picture_that_was_changed_is_not_bundled(command, archive: Path) -> None:
    Path("mood.png").write_bytes(b"another")
    answer = command("bundle", OUT, "--out", "no.zip")
    assert answer.code == 4
    assert "mood.png: is not the picture the film was drawn with" in answer.err


def test_music_with_beats_and_cues_goes_to_another_machine(
    command, archive: Path, film_file: Path, write_sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sound(tmp_path / "song.wav", [[0.1]] * 8000 * 3, 8000)
    beats = "bars:\n- [0, 0.5, 1, 1.5]\n- [2, 2.5]\nsections:\n  1: loud\n"
    cues = {"song.beats.yaml": beats, "hits.txt": "0.5\t1\thit\n", "words.lrc": "[00:00.50]a red sea\n"}
    for name, text in cues.items():
        (tmp_path / name).write_text(text)
    more = (
        "music: {file: song.wav, cues: [hits.txt, words.lrc]}\nprompt_suffix: '{line} {a:.1}'\nlet: {a: hit + sung}\n"
    )
    text = film_file.read_text()
    film_file.write_text(text + more)
    for command_ in ("render", "film.yaml"), ("bundle", OUT):
        answer = command(*command_)
        assert answer.code == 0, answer.err
    found = members(archive)
    manifest = json.loads(found["manifest.json"])
    digests = {name: sha256(text.encode()).hexdigest() for name, text in cues.items()}
    assert manifest["music"] == sha256((tmp_path / "song.wav").read_bytes()).hexdigest()
    assert manifest["beside_music"] == [{"name": name, "digest": digest} for name, digest in digests.items()]
    assert {name: found[f"music/{digest}"].decode() for name, digest in digests.items()} == cues
    monkeypatch.setattr(import_module("pipeline.account.bundle"), "MAX_BESIDE", 20)
    assert command("bundle", OUT, "--out", "small.zip").code == 0
    assert [name for name in members(Path("small.zip")) if name.startswith("music/")] == []
    assert json.loads(members(Path("small.zip"))["manifest.json"])["beside_music"] == manifest["beside_music"]
    (tmp_path / "hits.txt").write_text("0.5\t1\thit!\n")
    answer = command("bundle", OUT, "--out", "no.zip")
    assert answer.code == 4
    assert "hits.txt: is not the file the film was drawn with; restore it or render again" in answer.err
    for name in (*cues, "song.wav", "film.yaml", "mood.png"):
        (tmp_path / name).unlink()
    shutil.move(archive, tmp_path / "away.zip")
    shutil.rmtree("outputs")
    answer = command("verify", "--bundle", "away.zip")
    assert answer.code == 0, answer.err
    assert all(line.endswith("the same bits") for line in answer.out.splitlines())


# --- archives that nobody should trust --------------------------------------------------------------------------------


def with_manifest(**changes: object) -> Callable[[dict[str, bytes]], None]:
    def spoil(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"]) | changes
        files["manifest.json"] = json.dumps(manifest).encode()

    return spoil


def sample(**changes: object) -> Callable[[dict[str, bytes]], None]:
    return with_manifest(samples=[{"shot": "day", "frame": 0, "needs": []} | changes])


def damage(files: dict[str, bytes]) -> None:
    files["frames/day/00000.png"] = files["frames/day/00000.png"][:-1]


HOSTILE = {
    "no manifest": lambda files: files.pop("manifest.json"),
    "manifest of nonsense": lambda files: files.update({"manifest.json": b"[" * 100_000}),
    "another format": with_manifest(format=2),
    "no samples": with_manifest(samples=[]),
    "samples by the million": with_manifest(samples=[{"shot": "day", "frame": 0, "needs": []}] * 1001),
    "a shot that climbs": sample(shot="../../x"),
    "a shot that is no text": sample(shot=["day"]),
    "a negative frame": sample(frame=-1),
    "a frame that is not there": sample(frame=99),
    "many needs": sample(needs=list(range(9))),
    "a frame without the one before": sample(frame=2, needs=[]),
    "a picture that climbs": with_manifest(pictures=["../../x"]),
    "a picture that is not there": with_manifest(pictures=["0" * 64]),
    "a damaged frame": damage,
}


def test_what_is_wrong_with_an_archive_is_said(command, archive: Path, tmp_path: Path) -> None:
    for kind, spoil in HOSTILE.items():
        files = members(archive)
        spoil(files)
        packed(tmp_path / "bad.zip", files)
        before = sorted(tmp_path.parent.rglob("*"))
        answer = command("verify", "--bundle", "bad.zip")
        assert answer.code == 4, kind
        assert sorted(tmp_path.parent.rglob("*")) == before, kind


def test_names_that_climb_and_bombs_are_never_unpacked(command, archive: Path, tmp_path: Path, monkeypatch) -> None:
    files = members(archive) | {"../../evil": b"x", "/etc/evil": b"x", "frames/day/../../../evil": b"x"}
    packed(tmp_path / "climbing.zip", files)
    assert command("verify", "--bundle", "climbing.zip").code == 0  # they are not asked for, and so not looked at
    assert not list(tmp_path.parent.rglob("*evil*"))
    monkeypatch.setattr(import_module("pipeline.account.replay"), "MAX_MEMBER", 2**20)
    files["frames/day/00000.png"] = bytes(2**26)
    packed(tmp_path / "bomb.zip", files)
    assert (tmp_path / "bomb.zip").stat().st_size < 2**20
    answer = command("verify", "--bundle", "bomb.zip")
    assert answer.code == 4
    assert "frames/day/00000.png has more than 1,048,576 bytes" in answer.err


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), bytes(1000)])
def test_what_is_no_archive(command, tmp_path: Path, monkeypatch, data: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    Path("no.zip").write_bytes(data)
    for name in ("no.zip", "nowhere.zip"):
        assert command("verify", "--bundle", name).code == 4


def test_any_damaged_byte_is_a_fault_or_changes_nothing(archive: Path, n_trials: Callable) -> None:
    """Bytes of the zip file itself: what comes out is refused, or is what was put in."""
    import numpy as np

    from pipeline.account.replay import MAX_MEMBER, _manifest, _member, _opened

    whole, good = archive.read_bytes(), members(archive)
    path = archive.with_name("flipped.zip")
    for place in np.random.default_rng(5).integers(0, len(whole), n_trials(60, 1_000, 20_000)):
        data = bytearray(whole)
        data[place] ^= 0x10
        path.write_bytes(data)
        try:
            with _opened(path) as found:
                _manifest(found, path)
                for name in good:
                    assert _member(found, name, path, MAX_MEMBER) == good[name]
        except StoreError:
            continue


# --- plans back from their text ---------------------------------------------------------------------------------------


def test_plans_come_back_from_their_text(film_of) -> None:
    (first, *_, last) = film_of().shots[0].plans
    prompts = (WeightedPrompt("a", 1.0, blend=Blend("b", "", 0.25)), WeightedPrompt("", 2, "0" * 64))
    moved = replace(last, prompts=prompts, camera=CameraMove(zoom=2), conditioning=Conditioning(noise=0.1))
    flown = replace(last, camera=SpatialMove(rotation_y_deg=-1.5, depth="0" * 64), init=Init("1" * 64, scale=(1.0, 2)))
    guided = replace(last, conditioning=Conditioning(guide_strength=0.5, guide=(("2" * 64, 0.25), ("3" * 64, 0.75))))
    weighed = replace(last, look=replace(last.look, clip_weights=(("a", (0.5, 1.0)), ("b", (2.0,)))))
    for plan in (first, last, moved, flown, guided, weighed, replace(moved, size=Size(1, 2))):
        record = FrameRecord("0" * 64, "", {"plan": plan.canonical()})
        found = plan_in(record)
        assert found == plan
        assert found.canonical() == plan.canonical()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, '{"shot": 1}', "null", json.dumps({"shot": "a", "frame": True})]
)
def test_what_is_no_plan(text: str) -> None:
    with pytest.raises(StoreError, match="another version"):
        plan_in(FrameRecord("", "", {"plan": text}))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((int, True), (int, 1.0), (float, "1"), (str, None), (tuple[float, ...], 3), (Size, {"height": 1})),
        *((tuple[str, float], ["a"]), (tuple[str, float], [1.0, "a"])),
    ],
)
def test_values_of_another_type_are_refused(kind, value) -> None:
    with pytest.raises(ValueError, match="no"):
        rebuild(kind, value)


def test_every_noun_of_a_plan_can_be_rebuilt(film_of) -> None:
    plan = film_of().shots[0].plans[-1]
    assert rebuild(FramePlan, json.loads(plan.canonical())) == plan


SPACE = f"""\
preset: {PRESET}
size: 32x32
fps: 6
prompts: a red fox
look: {{steps: 4, skip: 0.5, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
shots:
- name: flight
  frames: 2
  camera: {{mode: 3d, translation_z: 8, rotation_y: 2}}
- name: still
  frames: 2
  init: {{image: mood.png, mask: mood.png, skip: 0.25, scale: 20, frames_scale: 10}}
  camera: {{mode: 3d, depth: mood.png, rotation_y: 3}}
"""


def test_a_film_in_space_from_a_picture_is_drawn_again_elsewhere(
    command, tiny_engine, tmp_path: Path, monkeypatch
) -> None:
    """Its depth comes from the embedded network in one shot, from a picture in the other, which also starts there."""
    change_facts(monkeypatch, **{"depth model": f"painted-depth {'4' * 64}"})
    monkeypatch.setattr(import_module("pipeline.account.replay"), "refuse_absent", lambda engine: None)
    monkeypatch.chdir(tmp_path)
    shutil.copy(Path(__file__).resolve().parents[2] / "keyframes" / "lighthouse.png", "mood.png")
    Path("film.yaml").write_text(SPACE)
    answer = command("render", "film.yaml")
    assert answer.code == 0, answer.err
    for shot in ("flight", "still"):
        plan = plan_in(FrameStore(OUT).read(shot, 1))
        assert isinstance(plan.camera, SpatialMove)
        assert (plan.init is None) == (shot == "flight")
    assert command("bundle", OUT, "--out", "away.zip").code == 0
    text = Path("film.yaml").read_text()
    Path("film.yaml").write_text(text.replace("rotation_y: 2", "rotation_y: 2.5"))
    assert "  camera.rotation_y: 2.0 is now 2.5  (film.yaml:10:" in command("why", "film.yaml", "--frame", 1).out
    shutil.rmtree("outputs")
    Path("mood.png").unlink()
    answer = command("verify", "--bundle", "away.zip")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [
        f"shot '{shot}' frame {n}: the same bits" for shot in ("flight", "still") for n in (0, 1)
    ]


FOLLOWING = f"""\
preset: {PRESET}
size: 32x32
seed: 3
prompts: a red fox
look: {{steps: 2, skip: 0.5, cut_overview: 1, cut_innercut: 1}}
source: {{file: clip.mp4, every: 2}}
follow: {{after: flow}}
"""


@pytest.fixture
def over_a_clip(command, tiny_engine, write_film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundle of a film of five frames over a clip."""
    import cv2
    import numpy as np

    change_facts(monkeypatch)
    monkeypatch.setattr(import_module("pipeline.account.replay"), "refuse_absent", lambda engine: None)
    monkeypatch.chdir(tmp_path)
    wall = cv2.resize(np.random.default_rng(4).integers(10, 245, (8, 20, 3), np.uint8), (160, 64))
    write_film(Path("clip.mp4"), [wall[:, 60 - 3 * n : 124 - 3 * n] for n in range(10)], "10", "-pix_fmt", "yuv420p")
    Path("film.yaml").write_text(FOLLOWING)
    answer = command("render", "film.yaml")
    assert answer.code == 0, answer.err
    answer = command("bundle", OUT, "--out", "away.zip")
    assert (answer.code, answer.out) == (0, "away.zip: 3 frames to compare\n"), answer.err
    return tmp_path / "away.zip"


def test_a_film_over_a_clip_is_drawn_again_without_the_clip(command, over_a_clip: Path, clips_seen: Path) -> None:
    """Pictures 0; 2 and 4; 6 and 8 of the clip go along, in the size in which they are looked at."""
    found = members(over_a_clip)
    footage = json.loads(found["manifest.json"])["footage"]
    assert [(one["index"], one["size"], one["fit"]) for one in footage] == [
        (index, {"height": 256, "width": 256}, "cover") for index in (0, 2, 4, 6, 8)
    ]
    assert sorted(name for name in found if name.startswith("clips/")) == sorted(
        f"clips/{one['picture']}.png" for one in footage
    )
    Path("clip.mp4").unlink()
    for folder in ("outputs", clips_seen):
        shutil.rmtree(folder)
    answer = command("verify", "--bundle", "away.zip")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [f"shot 'film' frame {n}: the same bits" for n in (0, 2, 4)]
    manifest = json.loads(found["manifest.json"])
    other = next(name for name in found if name == f"clips/{footage[1]['picture']}.png")
    hostile = {
        "lacking": {"footage": footage[1:]},
        "of another size": {"footage": [{**one, "size": {"height": 8, "width": 8}} for one in footage]},
        "climbing": {"footage": [{**footage[0], "picture": "../../x"}]},
        "no list": {"footage": 7},
        "too many": {"footage": footage * 500},
    }
    for kind, changes in hostile.items():
        packed(Path("bad.zip"), found | {"manifest.json": json.dumps(manifest | changes).encode()})
        answer = command("verify", "--bundle", "bad.zip")
        assert answer.code == 4, kind
        assert "no archive of `pipeline bundle`" in answer.err, kind
    packed(Path("bad.zip"), found | {other: b"no picture"})
    answer = command("verify", "--bundle", "bad.zip")
    assert (answer.code, f"{other} is damaged" in answer.err) == (4, True)


def test_a_network_that_looked_for_flow_looks_again() -> None:
    from pipeline.account.replay import _engine

    facts = FACTS | {"flow model": f"raft-large {'5' * 64}", "dtype": "float32 after float16"}
    engine = _engine(facts, Path("away.zip"))
    assert (engine.flow_model, engine.depth_model, engine.precision) == ("raft-large", "", "float32")
    assert _engine(FACTS, Path("away.zip")).flow_model == ""


def test_a_frame_of_a_batch_is_drawn_again_in_one() -> None:
    from pipeline.account.replay import _engine
    from pipeline.errors import StoreError

    assert _engine(FACTS, Path("away.zip")).batch == 1
    assert _engine(FACTS | {"batch": "4"}, Path("away.zip")).batch == 4
    assert _engine(FACTS | {"batch": "4", "device": "cuda (another card)"}, Path("away.zip")).batch == 4
    named = [{}, {"compile": "g++ 12"}, {"compile": "triton 3.7, kernels replayed"}]
    assert [_engine(FACTS | more, Path("away.zip")).compile for more in named] == ["off", "on", "graphs"]
    with pytest.raises(StoreError, match="its frames name no engine"):
        _engine(FACTS | {"batch": "65"}, Path("away.zip"))


def test_a_clip_that_is_gone_or_too_much_of_it_is_not_bundled(command, over_a_clip: Path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_module("pipeline.account.bundle"), "MAX_FOOTAGE", 100_000)
        answer = command("bundle", OUT, "--out", "no.zip")
        assert answer.code == 4
        assert "that 3 frames look at have more than 100,000 bytes; choose a smaller --count" in answer.err
    kept = Path("clip.mp4").read_bytes()
    Path("clip.mp4").write_bytes(kept + b" ")
    answer = command("bundle", OUT, "--out", "no.zip")
    assert (answer.code, "is not the clip the film was drawn over" in answer.err) == (4, True)
    Path("clip.mp4").unlink()
    answer = command("bundle", OUT, "--out", "no.zip")
    assert (answer.code, "no such file or directory); put the clip back in its place" in answer.err) == (4, True)
    assert not Path("no.zip").exists()
