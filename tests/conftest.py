"""A tiny engine in place of the real one: networks drawn from a seeded generator, so that no test loads a weight.

Nothing here imports torch before somebody draws, since the tests of the schedule and the store must not either.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from pipeline import load
from pipeline.types import Engine, Film, PictureFile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from torch import Tensor

    from pipeline.sample.easel import Easel

pytest_plugins = ["tests.goals"]
os.environ.setdefault("OMP_NUM_THREADS", "1")  # also the programs that tests start: the cores are the workers'

PRESET = Path(__file__).parent / "schedule" / "plain.yaml"

TINY = f"""\
# Six frames: a fox, and from the fourth frame on snow.
preset: {PRESET}
size: 32x32
fps: 6
frames: 6
seed: 3
prompt_fade: hold
prompts:
  0: a red fox
  3: snow on a hill
camera: {{zoom: 1.05, roll: 4}}
look: {{steps: 4, skip: 0.5, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
silence: size-far
"""


class ToyPerceptor:
    """Embed pictures by a random smooth map, and texts by their characters."""

    def __init__(self, size: int, *, seed: int = 0, width: int = 8, name: str = "") -> None:
        import torch

        self.name = name
        self.size = size
        self.seen: list[tuple[int, ...]] = []
        self.map = torch.randn(3 * 16, width, generator=torch.Generator().manual_seed(seed))
        self.width = width

    def __call__(self, images: Tensor) -> Tensor:
        import torch

        self.seen.append(tuple(images.shape))
        pooled = torch.nn.functional.adaptive_avg_pool2d(images, 4).flatten(1)
        return torch.tanh(pooled @ self.map)

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        import torch

        rows = [torch.randn(self.width, generator=torch.Generator().manual_seed(sum(map(ord, t)))) for t in texts]
        return torch.stack(rows)

    def embed_picture(self, pixels: npt.NDArray[np.uint8]) -> Tensor:
        from pipeline.sample.perceptors import mean_direction, picture_views

        return mean_direction(self(picture_views(pixels, self.size)))


def seeded(network: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Give every weight a value, also those guided-diffusion starts at zero."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.08)
    return network


def unet(*, unshuffle: int = 1, learn_sigma: bool = False, seed: int = 0) -> torch.nn.Module:
    """Return a seeded `UNetModel` of some 100 000 weights."""
    from pipeline.models.upstream import import_guided_diffusion

    channels = 3 * unshuffle**2
    options: dict[str, Any] = {
        "image_size": 16,
        "in_channels": channels,
        "model_channels": 32,
        "out_channels": channels * (2 if learn_sigma else 1),
        "num_res_blocks": 1,
        "attention_resolutions": (2,),
        "channel_mult": (1, 1),
        "num_heads": 2,
        "use_scale_shift_norm": True,
    }
    return seeded(import_guided_diffusion("unet").UNetModel(**options), seed)


@pytest.fixture(autouse=True)
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep fetched weights, whatever this machine has of them, out of the tests; return the folder they go to."""
    folder = tmp_path / "fetched-models"
    monkeypatch.setenv("PIPELINE_MODELS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what was heard in songs before out of the tests; return the folder it goes to."""
    folder = tmp_path / "heard-songs"
    monkeypatch.setenv("PIPELINE_SONGS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def clips_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is known of films out of the tests; return the folder it goes to."""
    folder = tmp_path / "clips-seen"
    monkeypatch.setenv("PIPELINE_CLIPS", str(folder))
    return folder


@pytest.fixture(scope="session")
def write_film() -> Callable[..., Path]:
    """Return a function that writes pictures, uint8 (H, W, 3) each, as a film of the kind its name says."""

    def write(path: Path, pictures: Sequence[npt.NDArray[np.uint8]], rate: str, *options: str) -> Path:
        import imageio_ffmpeg
        import numpy as np

        height, width, _ = pictures[0].shape
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        command += ["-s", f"{width}x{height}", "-r", rate, "-i", "pipe:0", *options, str(path)]
        data = b"".join(np.ascontiguousarray(one).tobytes() for one in pictures)
        subprocess.run(command, input=data, check=True, capture_output=True)
        return path

    return write


@pytest.fixture(autouse=True)
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what this machine was measured to take out of the tests; return the folder it goes to."""
    folder = tmp_path / "times"
    monkeypatch.setenv("PIPELINE_TIMES", str(folder))
    return folder


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute in one thread wherever torch is there: the networks are too small to share out."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def write_sound() -> Callable[..., Path]:
    """Return a function that writes samples, (n, channels) in -1..1, as a sound file of the kind its name says."""

    def write(path: Path, samples: npt.ArrayLike, rate: int, *options: str) -> Path:
        import imageio_ffmpeg
        import numpy as np

        sound = np.asarray(samples, np.float32)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "f32le", "-ar", str(rate)]
        command += ["-ac", str(sound.shape[1]), "-i", "pipe:0", *options, str(path)]
        subprocess.run(command, input=sound.tobytes(), check=True, capture_output=True)
        return path

    return write


@pytest.fixture
def hear() -> Callable[..., npt.NDArray[np.float32]]:
    """Return a function that decodes the sound of a file as a player does, mixed to one channel: (n,) at a rate."""

    def decode(path: Path, rate: int = 48000) -> npt.NDArray[np.float32]:
        import imageio_ffmpeg
        import numpy as np

        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-map", "0:a:0"]
        command += ["-f", "f32le", "-ac", "1", "-ar", str(rate), "pipe:1"]
        done = subprocess.run(command, check=True, capture_output=True)
        return np.frombuffer(done.stdout, np.float32)

    return decode


@pytest.fixture
def make_unet() -> Callable[..., torch.nn.Module]:
    """Return the maker of tiny networks."""
    return unet


@pytest.fixture
def toy() -> type[ToyPerceptor]:
    """Return the maker of toy perceptors."""
    return ToyPerceptor


@pytest.fixture
def make_easel() -> Callable[..., Easel]:
    """Return the maker of tiny easels, with a toy perceptor for each of the sizes given."""

    def make(*sizes: int) -> Easel:
        import torch

        from pipeline.sample.denoiser import UnetDenoiser
        from pipeline.sample.easel import Easel

        torch.set_num_threads(1)
        perceptors = tuple(ToyPerceptor(size, seed=size) for size in sizes)
        return Easel(UnetDenoiser(unet(unshuffle=2), predicts="x0", unshuffle=2), perceptors, "cosine", "cpu")

    return make


@dataclass(slots=True)
class TinyEngine:
    """Stands where models would be loaded, and remembers for which engines it was asked."""

    easel: Easel
    asked: list[Engine]

    def set_up(self, engine: Engine, *, pictures: Sequence[PictureFile] = ()) -> Easel:
        from pipeline.sample.gallery import Gallery

        self.asked.append(engine)
        return replace(self.easel, gallery=Gallery(pictures))


@pytest.fixture
def tiny_engine(monkeypatch: pytest.MonkeyPatch, make_easel: Callable[..., Easel]) -> TinyEngine:
    """Put a tiny easel where render and preview set theirs up."""
    engine = TinyEngine(make_easel(8), [])
    monkeypatch.setattr("pipeline.sample.easel.set_up", engine.set_up)
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", lambda engine: {"engine": "tiny"})
    return engine


@pytest.fixture
def film_of(tmp_path: Path) -> Callable[..., Film]:
    """Return a function that writes a keyframe file and loads it; without a text, the tiny film."""

    def write_and_load(text: str = TINY, **options: Any) -> Film:
        path = tmp_path / "tiny.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, **options)

    return write_and_load


@pytest.fixture
def tiny_text() -> str:
    """The keyframe file of the tiny film."""
    return TINY


@pytest.fixture
def tiny_film(film_of: Callable[..., Film], tiny_engine: TinyEngine) -> Film:
    """The tiny film, ready to be drawn by the tiny engine."""
    return film_of()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left with and said."""

    code: int
    out: str
    err: str


command_tree = cache(typer.main.get_command)  # the same each time, and a tenth of what a small command takes


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run the command line in this process, as `main` does, and put the handlers of signals back."""
    from pipeline.cli import main

    def run(*arguments: object) -> Answer:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.getsignal(number) for number in numbers}
        monkeypatch.setattr(sys, "argv", ["pipeline", *map(str, arguments)])
        monkeypatch.setattr(typer.main, "get_command", command_tree)
        capsys.readouterr()
        try:
            with pytest.raises(SystemExit) as leaving:
                main()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(int(leaving.value.code or 0), out, err)

    return run


@pytest.fixture
def decoded() -> Callable[[Path], list[np.ndarray]]:
    """Decode a film to RGB as a player does, by the tags it carries."""
    import imageio_ffmpeg
    import numpy as np

    def decode(path: Path) -> list[np.ndarray]:
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
        said = subprocess.run(ffmpeg, capture_output=True, text=True, check=False).stderr
        width, height = map(int, re.search(r"Video: h264.* (\d+)x(\d+)[, ]", said).groups())  # type: ignore[union-attr]
        command = [*ffmpeg, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
        data = subprocess.run(command, capture_output=True, check=True).stdout
        return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))

    return decode
