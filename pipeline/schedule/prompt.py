"""Read what the picture is drawn to over time: texts and pictures with weights, in keys with a way of fading.

A weight may stand at the end of a text as Disco users write it (`yellow: 0.4`); `weigh.py` turns the keys into frames.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from . import curve, template
from .clips import read_only
from .fields import as_mapping, describe, nearest, scalar
from .keys import Curve
from .language import easing
from .language.easing import LINEAR, SPLINE, WORDS, Ease
from .pictures.picture import Pictures
from .scope import Scope
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse, shorten
from .template import Template

SPHERICAL = "spherical"
FADES = (*(word for word in WORDS if word != SPLINE), SPHERICAL)
LISTED = easing.LISTED.replace("spline, ", f"{SPHERICAL}, ")
WEIGHT_AT_END = re.compile(r"(?P<text>.*[^\d\s])\s*:\s*(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+))", re.ASCII | re.DOTALL)
WAY = re.compile(r"(?P<word>[A-Za-z]+(?:-[A-Za-z]+)*)(?:\((?P<values>[^()]*)\))?", re.ASCII)
FIELDS = ("text", "image", "weight", "only")


@dataclass(frozen=True, slots=True)
class Fade:
    """How the texts of one key give way to those of the next; `is_spherical` goes between their embeddings."""

    name: str
    ease: Ease
    is_spherical: bool = False


SUDDEN = Fade("hold", Ease("hold", easing.EASES["hold"]))


@dataclass(frozen=True, slots=True)
class Wish:
    """A text, or a picture by its digest, and its weight; where `only` has names, those CLIPs alone see it."""

    text: Template | None
    image: str
    weight: Curve
    place: Node
    only: tuple[str, ...] = ()

    @property
    def thing(self) -> tuple[Template | str, tuple[str, ...]]:
        """What it is and who sees it, whatever its weight; equal things are one."""
        return self.text or self.image, self.only


@dataclass(frozen=True, slots=True)
class PromptKey:
    """What the picture is drawn to from `frame` on, in the artist's order; `fade` leads here from the key before."""

    frame: int
    wishes: tuple[Wish, ...]
    place: Node
    fade: Fade


TimedKeys = dict[int, tuple[Scalar, PromptKey]]  # by frame, each behind the time as it is written


@dataclass(frozen=True, slots=True)
class PromptReader:
    """What prompts may use, and the fade they have unless a key says otherwise.

    Convention: with `keeps_weights` a weight behind a text is a part of it too, as CLIP read it in Disco.
    """

    scope: Scope
    pictures: Pictures
    fade: Fade
    clips: tuple[str, ...] = ()
    keeps_weights: bool = False

    def keys(self, node: Node) -> tuple[PromptKey, ...]:
        """Read prompts: a text, a list of texts, or times with either.

        Raises: KeyframeError with all complaints about them.
        """
        if not isinstance(node, Mapping) or any(node.get(name) is not None for name in ("text", "image", "prompts")):
            return (self._key(0, node),)
        complaints = Complaints()
        keys: TimedKeys = {}
        for written, value in node.items:
            time = written.part(0, len(written.text))
            frames = complaints.attempt(self.scope.moments, time)
            key = complaints.attempt(self._key, 0, value)
            if frames is None or key is None:
                continue
            for frame in frames:
                self._put(frame, replace(key, frame=frame), keys, time, complaints)
        if not keys and not complaints.found:
            where = " in this shot" if node.items else ""
            complaints.add(node.mark, f"there are no prompts{where}", "write at least one text")
        complaints.settle()
        return tuple(keys[frame][1] for frame in sorted(keys))

    def _put(self, frame: int, key: PromptKey, keys: TimedKeys, time: Scalar, complaints: Complaints) -> None:
        """Put a key where it stands, unless there is one already; one that opens a shot by its number gives way."""
        by_number = [self.scope.is_by_number(one) for one in (time, *(keys[frame][:1] if frame in keys else ()))]
        if frame < 0:
            complaints.add(time.mark, f"prompts cannot begin at frame {frame}", "choose a frame from 0 on")
        elif frame == 0 and by_number == [True, False]:
            return
        elif frame in keys and not (frame == 0 and by_number == [False, True]):
            first = keys[frame][0]
            what = f"a second key at frame {frame} (first at line {first.mark.line}, '{shorten(first.text)}')"
            complaints.add(time.mark, what, "keep one of them")
        else:
            keys[frame] = time, key
            self._notice_end(frame, time)

    def _notice_end(self, frame: int, time: Scalar) -> None:
        last = self.scope.clock.frames - 1
        if frame > last + 1:  # a fade may well end with the shot
            what = f"these prompts begin at frame {frame}, the shot ends at {last}"
            self.scope.notices.add("key-beyond-end", time.mark, what, "lengthen the shot or move them")

    def _key(self, frame: int, node: Node) -> PromptKey:
        fade = self.fade
        if isinstance(node, Mapping) and node.get("prompts") is not None:
            complaints = Complaints()
            found = as_mapping(node, "prompts", ("prompts", "fade"), complaints)
            if "fade" in found:
                fade = complaints.attempt(read_fade, found["fade"]) or fade
            wishes = complaints.attempt(self._wishes, found["prompts"]) or ()
            complaints.settle()
            return PromptKey(frame, wishes, node, fade)
        return PromptKey(frame, self._wishes(node), node, fade)

    def _wishes(self, node: Node) -> tuple[Wish, ...]:
        if not isinstance(node, Sequence):
            return (self._wish(node),)
        if not node.items:
            refuse(node.mark, "there are no prompts in this list", "write at least one text")
        complaints = Complaints()
        found = [complaints.attempt(self._wish, item) for item in node.items]
        complaints.settle()
        return tuple(wish for wish in found if wish)

    def _wish(self, node: Node) -> Wish:
        """Read one prompt; YAML sees `- yellow: 0.4` as a name and a value, people see the same as here."""
        if isinstance(node, Sequence):
            refuse(node.mark, "a prompt cannot be a list", "write a text, or {text: ..., weight: ...}")
        if isinstance(node, Mapping):
            if len(node.items) == 1 and node.items[0][0].text not in FIELDS:
                words, weight = node.items[0]
                said = self._with_weight(words, weight) if self.keeps_weights else words
                return Wish(template.parse(said, self.scope), "", self._weight(weight), node)
            return self._spelled_out(node)
        text, number = node.part(0, len(node.text)), 1.0
        if match := WEIGHT_AT_END.fullmatch(text.text):
            number = float(match["weight"])
            text = text if self.keeps_weights else text.part(*match.span("text"))
        return Wish(template.parse(text, self.scope), "", curve.constant(number, _place(node)), node)

    def _with_weight(self, words: Scalar, weight: Node) -> Scalar:
        """Return the text of `- yellow: 0.4` as it is written; a weight that is no plain text is not behind it."""
        if not isinstance(weight, Scalar):
            return words
        behind = f": {weight.text}"
        return Scalar(words.text + behind, words.mark, [*words.columns, *[words.columns[-1]] * len(behind)])

    def _weight(self, node: Node) -> Curve:
        return curve.parse(node, "weight", self.scope)

    def _spelled_out(self, node: Mapping) -> Wish:
        complaints = Complaints()
        fields = as_mapping(node, "prompt", FIELDS, complaints)
        words, image = fields.get("text"), fields.get("image")
        text, digest = None, ""
        if words is not None and image is not None:
            complaints.add(node.mark, "a prompt has both a text and an image", "write two prompts")
        elif image is not None:
            digest = complaints.attempt(self.pictures.digest, image) or ""
        elif isinstance(words, Scalar):
            text = complaints.attempt(template.parse, words, self.scope)
        elif not complaints.found:
            complaints.add(node.mark, f"a prompt has no text ({describe(words)})", "write {text: ..., weight: ...}")
        weight = curve.constant(1.0, _place(node))
        if "weight" in fields:
            weight = complaints.attempt(self._weight, fields["weight"]) or weight
        only = complaints.attempt(read_only, fields["only"], self.clips) if "only" in fields else ()
        complaints.settle()
        return Wish(text, digest, weight, node, only or ())


def _place(node: Node) -> Scalar:
    return Scalar("", node.mark, [node.mark.column])


def read_fade(node: Node) -> Fade:
    """Read how prompts fade: a way from key to key, `spherical`, or both, as in `spherical ease-in-out`.

    Raises: KeyframeError.
    """
    text = scalar(node, "prompt_fade")
    is_spherical = text.text == SPHERICAL or text.text.startswith(SPHERICAL + " ")
    way = text.part(len(SPHERICAL), len(text.text)) if is_spherical else text
    if is_spherical and not way.text:
        return Fade(SPHERICAL, LINEAR, True)
    match = WAY.fullmatch(way.text)
    if match is None or match["word"] not in FADES or match["word"] == SPHERICAL:
        refuse(way.mark, f"unknown prompt_fade '{shorten(way.text)}'", nearest(way.text.split("(")[0], FADES, LISTED))
    numbers = None if match["values"] is None else way.part(*match.span("values"))
    ease = easing.parse(way.part(*match.span("word")), numbers)
    return Fade(text.text, ease, is_spherical)
