"""Read `init:`: the picture that a shot starts from, how it is pulled towards it, and what of it is kept.

What would surprise: a mask holds in every frame of the shot, the image itself and `scale` only in the first; later
frames start from the frame before them, and `frames_scale` pulls towards that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from ...types import Init, Look, StepValues
from ..bounds import INIT_OVER_STEPS, INIT_WORDS, NO_PICTURE
from ..look import Executed
from ..sections import ShotSettings, over_frames, words_of
from ..source import Complaints, Scalar, refuse
from .follow import is_stylised

NEEDS = {"skip": "image", "scale": "image", "mask": "image", "mask_feather": "mask"}
PACKAGES = {"lpips": "lpips"}  # what a distance needs to be installed


@dataclass(frozen=True, slots=True)
class Beginning:
    """What `init:` says for a whole shot; `image` and `mask` are digests, or ""; `is_followed`: a clip begins it."""

    image: str
    mask: str
    words: dict[str, str]
    skip: list[float]
    mask_feather: list[float]
    is_followed: bool = False

    @property
    def has_picture(self) -> bool:
        """Whether the first frame starts from a picture, of a clip or alone, or from clouds."""
        return bool(self.image) or self.words["perlin"] != "off" or self.is_followed

    @property
    def first_skip(self) -> float:
        """Share of the steps that the first frame leaves out."""
        return self.skip[0] if self.has_picture else 0.0


def read_beginning(settings: ShotSettings) -> Beginning:
    """Read all of `init:` but what follows the denoising.

    Raises: KeyframeError with all complaints, also about pictures that are not there or values that miss theirs.
    """
    complaints, scope = Complaints(), settings.scope
    words = words_of("init", INIT_WORDS, settings, complaints)
    image, mask = (complaints.attempt(_digest, settings, what) for what in ("image", "mask"))
    skip = complaints.attempt(over_frames, "init.skip", scope)
    feather = complaints.attempt(over_frames, "init.mask_feather", scope)
    for name in INIT_OVER_STEPS:
        complaints.attempt(scope.curve, f"init.{name}")
    if image is not None and mask is not None and words["perlin"]:
        complaints.attempt(_refuse_useless, settings, image=image, mask=mask, perlin=words["perlin"])
    complaints.settle()
    assert image is not None and mask is not None and skip and feather
    mask = mask if image else ""  # nothing to keep
    said = {name: word for name, word in words.items() if word}
    return Beginning(image, mask, said, skip, feather, is_stylised(settings))


def inits(settings: ShotSettings, beginning: Beginning, looks: list[Look]) -> list[Init | None]:
    """Return what each frame has to do with pictures other than the one before; None where that is nothing.

    Raises: KeyframeError.
    """
    complaints, scope = Complaints(), settings.scope
    skips = [beginning.first_skip, *(look.skip for look in looks[1:])]
    executed = Executed([look.steps for look in looks], skips)
    baked = {
        name: complaints.attempt(executed.bake, scope.curve(f"init.{name}"), f"init.{name}", parameter.bounds, scope)
        for name, parameter in INIT_OVER_STEPS.items()
    }
    complaints.settle()
    scales = baked["scale"], baked["frames_scale"]
    assert scales[0] is not None and scales[1] is not None
    pulls = [scales[0][0] if beginning.has_picture else (0.0,), *scales[1][1:]]
    if any(any(pull) for pull in pulls):
        _refuse_not_installed(settings, beginning.words["distance"])
    make = cache(lambda pull, feather: _later(beginning, pull, feather))
    later = [make(pull, feather) for pull, feather in zip(pulls[1:], beginning.mask_feather[1:], strict=True)]
    return [_first(beginning, pulls[0]), *later]


def _first(beginning: Beginning, pull: StepValues) -> Init | None:
    if not beginning.has_picture:
        return None
    return Init(
        image=beginning.image,
        **beginning.words,
        skip=beginning.first_skip,
        scale=pull,
        mask=beginning.mask,
        mask_feather=beginning.mask_feather[0] if beginning.mask else 0.0,
    )


def _later(beginning: Beginning, pull: StepValues, feather: float) -> Init | None:
    """Say only what acts in a later frame, so that it is not made anew for what does not."""
    pulled = {"scale": pull, "distance": beginning.words["distance"]} if any(pull) else {}
    kept = {"image": beginning.image, "fit": beginning.words["fit"], "mask": beginning.mask, "mask_feather": feather}
    found = {**pulled, **(kept if beginning.mask else {})}
    return Init(**found) if found else None  # type: ignore[arg-type]


def _digest(settings: ShotSettings, what: str) -> str:
    node = settings.words[f"init.{what}"]
    if isinstance(node, Scalar) and node.text.strip() == NO_PICTURE:
        return ""
    return settings.pictures.digest(node, f"init.{what}")


def _refuse_useless(settings: ShotSettings, *, image: str, mask: str, perlin: str) -> None:
    """Refuse what the film says without saying what it would act on; a picture that is taken back excuses it."""
    said, complaints = settings.init_said, Complaints()
    if image and perlin != "off":
        mark = settings.words["init.perlin"].mark
        complaints.add(mark, "a shot cannot start from both a picture and clouds", "write perlin: off, or image: none")
    if is_stylised(settings) and (image or perlin != "off"):
        mark = settings.words["init.image" if image else "init.perlin"].mark
        do = "remove it, or write follow: {mode: motion}"
        complaints.add(mark, "the shot starts from the first picture of its clip, and cannot from another", do)
    there = {"image": bool(image) or "image" in said, "mask": bool(mask) or "mask" in said}
    for name, needed in NEEDS.items():
        has_clouds = name in ("skip", "scale") and (perlin != "off" or "perlin" in said or is_stylised(settings))
        if name not in said or there[needed] or has_clouds or (name == "mask" and not mask):
            continue
        scope = settings.scope
        node = (
            scope.parameters[f"init.{name}"].node if f"init.{name}" in scope.parameters else settings.words["init.mask"]
        )
        do = f"write {needed}: a-picture.png, or leave it out"
        complaints.add(node.mark, f"init.{name} has nothing to act on: there is no init.{needed}", do)
    complaints.settle()


def _refuse_not_installed(settings: ShotSettings, distance: str) -> None:
    package = PACKAGES.get(distance)
    if package and find_spec(package) is None:
        mark = settings.words["init.distance"].mark
        do = f"run pip install 'clip-guided-animation[{package}]', or write distance: clip"
        refuse(mark, f"init.distance: {distance} needs the package '{package}', which is not installed", do)
