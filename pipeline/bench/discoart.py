"""DiscoArt 0.12.1 as a peer to be measured against, run by the interpreter of an environment that has it.

`PYTHON -I discoart.py FOLDER` loads what `pipeline/bench/guest.py` put into FOLDER, says on one line of JSON which
versions it found, and then draws a picture for every line on stdin and answers `{"seconds": ...}`. Nothing of this
package is imported, but for a file that makes torchvision importable and one that builds a network of ours.

DiscoArt's own, untouched: `do_run` with its `cond_fn`, losses, prompts' weights and tokenizer, `MakeCutouts` with
ResizeRight, its settings' defaults, wandb's histogram of each step's gradient (wandb itself is off, as by default),
guided-diffusion-sdk's UNet, its computing blocks twice to save memory, as DiscoArt asks, and its DDIM.
Replaced: the loading of models, which become ours, wrapped where they fold pictures or read fewer tokens than 77;
the noise levels, which are the model's; the secondary model and LPIPS, which are not there; what writes pictures,
progress and backups to disk or elsewhere; every download. The clock runs while the sampler does: texts are read,
spelling is checked and settings are put together outside it.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

OFF = {
    "DISCOART_DISABLE_REMOTE_MODELS": "1",
    "DISCOART_DISABLE_IPYTHON": "1",
    "DISCOART_DISABLE_TQDM": "1",
    "DISCOART_OPTOUT_CLOUD_BACKUP": "1",
    "DISCOART_LOG_LEVEL": "WARNING",
    "WANDB_MODE": "disabled",
}


def main() -> None:
    """Load once, then draw whenever a line asks for it."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    folder = Path(sys.argv[1])
    prepare(folder)
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    draw = painter(folder, settings)
    names = ("discoart", "torch", "guided-diffusion-sdk", "open_clip_torch")
    answers.write(json.dumps({"versions": {name: version(name) for name in names}}) + "\n")
    for number, _ in enumerate(sys.stdin):
        answers.write(json.dumps({"seconds": draw(number + 1)}) + "\n")


def prepare(folder: Path) -> None:
    """Make DiscoArt importable beside a torch of today, without network, and keep what it writes inside `folder`."""
    kept = {name: str(folder) for name in ("DISCOART_CACHE_DIR", "DISCOART_OUTPUT_DIR", "WANDB_DIR", "HOME")}
    os.environ.update(OFF | kept)
    urllib.request.urlopen = refuse  # DiscoArt asks for newer versions of itself while it is imported
    our_models("torchvision_ops").declare_missing_ops()
    sys.modules["lpips"] = without_weights()


def our_models(name: str) -> Any:
    """Import a module of `pipeline/models` that needs nothing else of ours."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "models" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refuse(*_: Any, **__: Any) -> Any:
    """Stand for what would fetch something."""
    raise OSError("nothing is fetched while measuring")


def without_weights() -> ModuleType:
    """Return a stand-in for lpips, whose network is fetched when it is built and used only with an init image."""
    from torch import nn

    class LPIPS(nn.Module):
        def __init__(self, net: str) -> None:
            super().__init__()

    module: Any = ModuleType("lpips")
    module.LPIPS = LPIPS
    return module


def painter(folder: Path, settings: dict[str, Any]) -> Callable[[int], float]:
    """Return what draws a picture with a seed and gives the seconds that its steps took."""
    import torch

    torch.set_num_threads(settings["threads"])
    from discoart import runner
    from discoart.config import load_config

    clips = {f"ours-{n}": clip(folder / f"clip-{n}.npz", shape) for n, shape in enumerate(settings["clips"])}
    model, process = denoiser(folder / "diffusion.npz", settings), clocked(settings)
    asked = settings["arguments"] | {"clip_models": list(clips), "use_secondary_model": False}
    asked |= {"n_batches": 1, "image_output": False, "save_rate": 0, "name_docarray": "measured"}
    runner._sample_thread = lambda *_: SimpleNamespace(join=lambda: None)
    runner._persist_thread = lambda *_, **__: ()
    runner.logger.addHandler(Doubt())

    def draw(seed: int) -> float:
        arguments = SimpleNamespace(**load_config(user_config={**asked, "seed": seed}))
        events = (threading.Event(), threading.Event())
        runner.do_run(arguments, (model, process, clips, None), device=torch.device("cpu"), events=events)
        if process.drawn != settings["arguments"]["steps"] or not torch.isfinite(process.picture).all():
            raise RuntimeError(f"{process.drawn} steps were taken, or the picture has values that are no numbers")
        return float(process.seconds)

    return draw


class Doubt(logging.Handler):
    """Ends the measuring where DiscoArt only warns: a step whose gradient is no number is left out, and so cheaper."""

    def emit(self, record: logging.LogRecord) -> None:
        """Look at what was said."""
        if "NaN" in record.getMessage():
            raise RuntimeError(record.getMessage())


def clocked(settings: dict[str, Any]) -> Any:
    """Return guided-diffusion's process at the model's noise levels, which times its own loop."""
    import numpy as np
    from guided_diffusion import gaussian_diffusion as gaussian
    from guided_diffusion import respace

    class Clocked(respace.SpacedDiffusion):
        drawn, seconds, picture = 0, 0.0, None

        def ddim_sample_loop_progressive(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            self.drawn, begin = 0, time.perf_counter()
            for found in super().ddim_sample_loop_progressive(*args, **kwargs):
                self.drawn, self.picture = self.drawn + 1, found["pred_xstart"]
                yield found
            self.seconds = time.perf_counter() - begin

    told, bars = settings["diffusion"], np.asarray(settings["alpha_bars"], dtype=np.float64)
    reads_variance = told["learn_sigma"] and told["unshuffle"] == 1
    return Clocked(
        use_timesteps=respace.space_timesteps(len(bars), f"ddim{settings['arguments']['steps']}"),
        betas=1 - bars / np.concatenate([[1.0], bars[:-1]]),
        model_mean_type=gaussian.ModelMeanType.START_X if told["predicts"] == "x0" else gaussian.ModelMeanType.EPSILON,
        model_var_type=gaussian.ModelVarType.LEARNED_RANGE if reads_variance else gaussian.ModelVarType.FIXED_SMALL,
        loss_type=gaussian.LossType.MSE,
        rescale_timesteps=True,
    )


def denoiser(path: Path, settings: dict[str, Any]) -> Any:
    """Build guided-diffusion's UNet with our weights as DiscoArt would, taking and giving pictures."""
    from guided_diffusion.unet import UNetModel
    from torch import nn
    from torch.nn import functional as F

    told = settings["diffusion"]
    network, fold, sketch = UNetModel(**told["unet"], use_checkpoint=True), told["unshuffle"], told["sketch"]
    if told["detail"]:
        pictures = 2 if sketch else 1
        network = our_models("detail").DetailedUNet(network, unshuffle=fold, detail=told["detail"], pictures=pictures)
    if sketch:
        given = {"fold": fold, "noise_to_signal": [(1 - kept) / kept for kept in settings["alpha_bars"]]}
        known, ours = our_models("known").Known(**given), our_models("sketch")
        drawn = ours.Sketch(text=told["text"]["features"], **sketch)
        network = ours.SketchedDenoiser(network, known, drawn, **given)
    network.load_state_dict(weights(path))
    network.requires_grad_(False).eval()
    for name, parameter in network.named_parameters():  # as DiscoArt does
        if "qkv" in name or "norm" in name or "proj" in name:
            parameter.requires_grad_()

    class Unfolded(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: Any, t: Any) -> Any:
            answer = self.network(F.pixel_unshuffle(x, fold), t)
            return F.pixel_shuffle(answer.chunk(2, dim=1)[0] if told["learn_sigma"] else answer, fold)

    return Unfolded() if fold > 1 else network


def clip(path: Path, shape: dict[str, Any]) -> Any:
    """Build open_clip's CLIP with our weights; texts, which DiscoArt makes 77 tokens long, are cut to its length."""
    import open_clip

    model = open_clip.CLIP(**shape)
    model.load_state_dict(weights(path))
    model.eval().requires_grad_(False)
    longest = shape["text_cfg"]["context_length"]

    def encode_text(tokens: Any) -> Any:
        short = tokens[:, :longest].clone()
        short[tokens[:, longest:].any(dim=1), -1] = tokens.max()  # a text that was cut ends, too
        return model.encode_text(short)

    return SimpleNamespace(visual=model.visual, encode_image=model.encode_image, encode_text=encode_text)


def weights(path: Path) -> dict[str, Any]:
    """Return the tensors of a file, which holds arrays and nothing that could be run."""
    import numpy as np
    import torch

    with np.load(path, allow_pickle=False) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


if __name__ == "__main__":
    main()
