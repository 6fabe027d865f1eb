"""What a catalogue entry says about a model: frozen values, each built from YAML by one strict reader.

The fields of `UNetShape`, `VisionShape` and `TextShape` are, name for name, the arguments the networks are built with.
No torch here: listing models and checking their files must answer at once.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from ..errors import ModelError
from ..types import Size
from .depth_config import TransformersDepth

T = TypeVar("T", bound=Any)


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
class TextCondition:
    """How a denoiser is told what to draw: by directions of `features` numbers, which the CLIP `perceptor` gives texts.

    Convention: `perceptor` is a name in the catalogue; the network fits no other, nor the same trained again.
    """

    perceptor: str
    features: int


@dataclass(frozen=True, slots=True)
class DiffusionArchitecture:
    """A denoiser and what must be known to sample with it.

    Convention: `unshuffle` is the side of the pixel block folded into channels before the network and unfolded after
        it; sizes are in pixels of the picture; `predicts` says what the first half of the output channels is; with
        `detail` the UNet has a small network of that shape around it, and with `text` it is told what to draw.
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

    Convention: `features` channels all the way through `convolutions` layers between the first and the last one.
    """

    features: int
    convolutions: int
    times: int


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


@cache
def hints_of(noun: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; a long catalogue asks for the same ones hundreds of times."""
    return get_type_hints(noun)


def read_value(hint: Any, value: object, *, where: str) -> Any:
    """Turn what YAML gave into a value of the type `hint`, or say where it does not fit."""
    if isinstance(hint, type) and is_dataclass(hint):
        return read_fields(hint, value, where=where)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        if isinstance(value, str) and value in args:
            return value
        raise ModelError(f"{where}: {value!r} is not one of {', '.join(args)}; choose one of them")
    if origin is types.UnionType:
        return _read_either(args, value, where=where)
    if origin is tuple:
        return _read_tuple(args, value, where=where)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is hint:
        return value
    raise ModelError(f"{where}: {value!r} is not of type {hint.__name__}; correct it")


def read_fields(noun: type[T], value: object, *, where: str) -> T:
    """Build the dataclass `noun` from a mapping with exactly its fields."""
    if not isinstance(value, dict):
        raise ModelError(f"{where}: {value!r} is not a mapping; write one `field: value` per line")
    known = {field.name: field.default for field in fields(noun)}  # type: ignore[arg-type]
    for key in value:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            do = f"did you mean {near[0]!r}?" if near else "remove it"
            raise ModelError(f"{where}: unknown field {key!r}; {do}")
    for key, default in known.items():
        if key not in value and default is MISSING:
            raise ModelError(f"{where}: field {key!r} is missing; add it")
    hints = hints_of(noun)  # type: ignore[arg-type]
    told: dict[str, Any] = {key: read_value(hints[key], item, where=f"{where}.{key}") for key, item in value.items()}
    return noun(**told)


def _read_either(hints: tuple[Any, ...], value: object, *, where: str) -> Any:
    if value is not None:  # so that what is wrong inside is told, and not that it is no null
        hints = tuple(hint for hint in hints if hint is not types.NoneType)
    for hint in hints[:-1]:
        try:
            return read_value(hint, value, where=where)
        except ModelError:
            continue
    return read_value(hints[-1], value, where=where)


def _read_tuple(hints: tuple[Any, ...], value: object, *, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ModelError(f"{where}: {value!r} is not a list; write it in brackets")
    if hints[-1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(value) != len(hints):
        raise ModelError(f"{where}: {len(value)} values found; give {len(hints)}")
    pairs = enumerate(zip(hints, value, strict=True))
    return tuple(read_value(hint, item, where=f"{where}[{index}]") for index, (hint, item) in pairs)
