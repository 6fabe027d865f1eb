"""What a catalogue entry says about a model: frozen values, which one strict reader (`values`) builds from YAML.

The fields of `UNetShape`, `VisionShape` and `TextShape` are, name for name, the arguments the networks are built with.
No torch here: listing models and checking their files must answer at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..types import Size
from .depth_config import TransformersDepth


@dataclass(frozen=True, slots=True)
class UNetShape:
    """Arguments of guided-diffusion's `UNetModel`.

    Convention: `attention_resolutions` are downsampling factors, as `UNetModel` takes them, not picture sizes; a model
        without `num_classes` was not taught any.
    """

    image_size: int
    in_channels: int
    model_channels: int
    out_channels: int
    num_res_blocks: int
    attention_resolutions: tuple[int, ...]
    channel_mult: tuple[float, ...]
    use_scale_shift_norm: bool
    resblock_updown: bool
    num_heads: int = 1
    num_head_channels: int = -1
    num_classes: int | None = None


@dataclass(frozen=True, slots=True)
class DetailShape:
    """The small network around a UNet that sees blocks of pixels: it sees smaller ones, of side `unshuffle`.

    Convention: `before` and `behind` the UNet are numbers of blocks of two convolutions.
    """

    unshuffle: int
    features: int
    before: int
    behind: int


@dataclass(frozen=True, slots=True)
class SketchShape:
    """What draws from a text alone a square picture of side `side`: mixed of `features` of half that, and `fine` ones.

    Convention: it is mixed by what the text names. `names` has how many names each kind of attribute has, `pairs` which
        two kinds matter together, counted from 0, and `lands` whether those without the first do in another way where
        nothing of the first is named; `hidden` is the width of the layer that reads the text.
    """

    hidden: int
    names: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    features: int
    fine: int
    side: int
    lands: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What may be said of one thing that every picture shows, such as its land or its sky.

    Convention: `known` are phrases, one for each way it can be; `chosen` are those that a seed chooses from where a
        prompt says none of them, all that are known where it is empty.
    """

    of: str
    known: tuple[str, ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextCondition:
    """How a denoiser is told what to draw: by directions of `features` numbers, which the CLIP `perceptor` gives texts.

    Convention: `perceptor` is a name in the catalogue; the network fits no other, nor the same trained again. `unsaid`
        is what the network's captions spoke of and prompts may leave open.
    """

    perceptor: str
    features: int
    unsaid: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffusionArchitecture:
    """A denoiser and what must be known to sample with it.

    Convention: `unshuffle` is the side of the pixel block folded into channels before the network and unfolded after
        it; sizes are in pixels of the picture; `predicts` says what the first half of the output channels is; with
        `detail` the UNet has a small network of that shape around it, with `text` it is told what to draw, and with
        `sketch` shown what that alone suggests, beside the noisy picture.
    """

    unet: UNetShape
    unshuffle: int
    schedule: Literal["cosine", "linear", "shifted-cosine"]
    predicts: Literal["x0", "eps"]
    learn_sigma: bool
    recommended_size: Size
    size_multiple: int
    detail: DetailShape | None = None
    text: TextCondition | None = None
    sketch: SketchShape | None = None


@dataclass(frozen=True, slots=True)
class VisionShape:
    """An open_clip picture tower: four numbers in `layers` make a ResNet, one number a vision transformer."""

    layers: int | tuple[int, int, int, int]
    width: int
    image_size: int
    head_width: int = 64
    patch_size: int = 16
    mlp_ratio: float = 4.0


@dataclass(frozen=True, slots=True)
class TextShape:
    """An open_clip text tower."""

    context_length: int
    vocab_size: int
    width: int
    heads: int
    layers: int
    mlp_ratio: float = 4.0


@dataclass(frozen=True, slots=True)
class ClipArchitecture:
    """A CLIP, and the mean and deviation of the [0, 1] RGB pictures it was trained on."""

    embed_dim: int
    vision_cfg: VisionShape
    text_cfg: TextShape
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    quick_gelu: bool = False

    @property
    def image_size(self) -> int:
        """Side of the square pictures the model looks at, in pixels."""
        return self.vision_cfg.image_size

    @property
    def context_length(self) -> int:
        """Number of tokens a text is cut or filled to."""
        return self.text_cfg.context_length


@dataclass(frozen=True, slots=True)
class SecondaryArchitecture:
    """The small network that guesses the clean picture for guidance; `channels` go from the finest level down."""

    channels: tuple[int, ...]
    size_multiple: int


@dataclass(frozen=True, slots=True)
class VggArchitecture:
    """torchvision's VGG16, whose layers LPIPS compares."""

    n_classes: int


@dataclass(frozen=True, slots=True)
class DepthArchitecture:
    """A network that sees how near things are; `channels` go from the finest level down.

    Convention: it answers with nearness, 0 at `far` and 1 at `near`, linear in 1/distance, both in the scene's own
        units; `side` is how many pixels the shorter side of a picture has when it is looked at.
    """

    channels: tuple[int, ...]
    size_multiple: int
    side: int
    near: float
    far: float


@dataclass(frozen=True, slots=True)
class FlowArchitecture:
    """One of torchvision's networks for optical flow, and how often it goes over what it has found."""

    network: Literal["raft_large", "raft_small"]
    n_updates: int


@dataclass(frozen=True, slots=True)
class UpscalerArchitecture:
    """A network that enlarges pictures `times` as much.

    Convention: `features` channels all the way through `convolutions` layers between the first and the last one, all of
        which see the picture folded in blocks of `unshuffle` pixels: wider and quicker, at the price of more channels.
        Where it is `smooth`, what comes out is smoothed by a pixel, so that its channels leave no pattern.
    """

    features: int
    convolutions: int
    times: int
    unshuffle: int = 1
    smooth: bool = False


Architecture = (
    DiffusionArchitecture
    | ClipArchitecture
    | SecondaryArchitecture
    | VggArchitecture
    | DepthArchitecture
    | FlowArchitecture
    | UpscalerArchitecture
    | TransformersDepth
)
ARCHITECTURES: dict[object, type] = {
    "diffusion": DiffusionArchitecture,
    "clip": ClipArchitecture,
    "secondary": SecondaryArchitecture,
    "vgg": VggArchitecture,
    "depth": DepthArchitecture,
    "flow": FlowArchitecture,
    "upscaler": UpscalerArchitecture,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the catalogue.

    Convention: `bytes` and `sha256` are None where nobody has pinned them; `mirrors` are addresses in the order they
        are tried; `source` says where to look where there are none, and `weights_m` is the number of weights in
        millions where it is known; `shipped` files come with the package, all others are fetched.
    """

    name: str
    kind: Literal["diffusion", "clip", "secondary", "vgg", "depth", "flow", "upscaler"]
    purpose: str
    file: str
    bytes: int | None
    sha256: str | None
    licence: str
    architecture: Architecture
    path: Path
    mirrors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    source: str = ""
    weights_m: float | None = None
    shipped: bool = True


def a_model(kind: str) -> str:
    """Say `kind` as a sentence has it."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} model"
