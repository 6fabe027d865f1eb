"""The catalogue: read strictly, searched kindly, listed without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, replace

import pytest

from pipeline.errors import ModelError
from pipeline.models import find, list_models, refuse_absent, refuse_unknown
from pipeline.models.catalogue import PACKAGED, read_catalogue
from pipeline.types import Engine, Size


def test_the_packaged_catalogue_holds_what_the_program_draws_with(fetched):
    entries = read_catalogue()
    names = ["painted-world-128", "painted-clip-a", "painted-clip-b", "painted-depth", "painted-upscaler"]
    assert list(entries)[:5] == names
    assert [entry.name for entry in entries.values() if entry.shipped] == names
    embedded = PACKAGED.parent / "embedded"
    assert all(entry.path.parent == (embedded if entry.shipped else fetched) for entry in entries.values())
    world = find("painted-world-128").architecture
    assert (world.unet.in_channels, world.unet.out_channels) == (6 * world.unshuffle**2, 6 * world.unshuffle**2)
    assert "judg" in find("painted-clip-b").purpose


def test_fields_become_typed_values(catalogue):
    world = find("tiny-world", catalogue=catalogue).architecture
    assert world.recommended_size == Size(height=16, width=24)
    assert world.unet.attention_resolutions == (2,)
    assert world.unet.channel_mult == (1.0, 1.0) and type(world.unet.channel_mult[0]) is float
    clip = find("tiny-clip", catalogue=catalogue).architecture
    assert (clip.image_size, clip.context_length, clip.mean) == (32, 12, (0.5, 0.25, 0.125))
    assert clip.vision_cfg.layers == (1, 1, 1, 1)
    with pytest.raises(FrozenInstanceError):
        clip.embed_dim = 2


def test_an_unknown_name_brings_those_that_come_near(catalogue):
    with pytest.raises(ModelError) as caught:
        find("tiny-wrld", catalogue=catalogue)
    assert str(caught.value) == (
        f"{catalogue}: no model is called 'tiny-wrld'; did you mean 'tiny-world' or 'tiny-world-2'? "
        "(known: tiny-clip, tiny-world, tiny-world-2)"
    )
    with pytest.raises(ModelError, match="'zzz'; choose one of `pipeline models list`"):
        find("zzz", catalogue=catalogue)


SHA = "ab" * 32
MULTIPLE = "    size_multiple: 4\n"
FLIPPED = (
    "predicts: eps\n    learn_sigma: true\n    recommended_size: {height: 256, width: 256}\n    size_multiple: 32\n"
)


def sketch(**changes: object) -> str:
    shape = {"hidden": 8, "names": [3, 2], "pairs": [[0, 1]], "features": 4, "fine": 4, "side": 16} | changes
    told = ", ".join(f"{key}: {value}" for key, value in shape.items())
    return f"    sketch: {{{told}}}\n"


EDITS = [
    ("  licence: MIT\n", "", "field 'licence' is missing"),
    ("  licence: MIT\n", "  licence: MIT\n  mirror: x\n", "field 'mirror' is unknown"),
    (
        "kind: diffusion",
        "kind: gan",
        r"tiny-world.kind: 'gan' is not one of diffusion, clip, secondary, vgg, depth, flow, upscaler; choose one",
    ),
    ("schedule: cosine", "schedule: cosin", "architecture.schedule: 'cosin' is not one of cosine, linear"),
    (
        "num_res_blocks: 1",
        "num_res_block: 1",
        "unknown field 'num_res_block'; did you mean 'num_res_blocks'",
    ),
    ("      image_size: 8\n", "", "architecture.unet: field 'image_size' is missing"),
    ("image_size: 8", "image_size: 8.5", "unet.image_size: 8.5 is not of type int"),
    ("image_size: 8", "image_size: true", "unet.image_size: True is not of type int"),
    ("resblock_updown: false", "resblock_updown: 0", "resblock_updown: 0 is not of type bool"),
    ("attention_resolutions: [2]", "attention_resolutions: 2", "attention_resolutions: 2 is not a list"),
    ("channel_mult: [1, 1]", "channel_mult: [1, x]", r"channel_mult\[1\]: 'x' is not of type float"),
    ("mean: [0.5, 0.25, 0.125]", "mean: [0.5]", r"architecture.mean: 1 values found; give 3"),
    ("layers: [1, 1, 1, 1]", "layers: [1, 1]", "vision_cfg.layers: 2 values found; give 4"),
    ("height: 16", "height: 18", "height is 18, the network cannot halve it; give a multiple of 4"),
    ("size_multiple: 4", "size_multiple: 2", "size_multiple is 2, the network cannot halve it; give a multiple of 4"),
    ("in_channels: 12", "in_channels: 3", "unshuffle 2 needs 12 channels in and 24 out"),
    (
        MULTIPLE,
        f"{MULTIPLE}    detail: {{unshuffle: 3, features: 8, before: 1, behind: 1}}\n",
        "detail.unshuffle is 3; give a divi",
    ),
    (
        MULTIPLE,
        f"{MULTIPLE}    detail: {{unshuffle: 1, features: 9, before: 1, behind: 1}}\n",
        "detail.features is 9; give a mult",
    ),
    (
        MULTIPLE,
        f"{MULTIPLE}    detail: {{unshuffle: 1, features: 8, before: 0, behind: 1}}\n",
        "detail.before is 0; give a multi",
    ),
    (
        MULTIPLE,
        f"{MULTIPLE}    detail: {{unshuffle: 1, features: 8, before: 1}}\n",
        "detail: field 'behind' is missing; add it",
    ),
    (
        FLIPPED,
        f"{FLIPPED}    detail: {{unshuffle: 1, features: 8, before: 1, behind: 1}}\n",
        "tiny-world-2: detail is for a model with predicts: x0",
    ),
    (MULTIPLE, MULTIPLE + sketch(), "unshuffle 2 beside a sketch needs 24 channels in and 24 out"),
    ("file: tiny-world.safetensors", "file: ../tiny-world.safetensors", r"not a plain \.safetensors or \.pt name"),
    ("file: tiny-world.safetensors", "file: tiny-world.ckpt", r"not a plain \.safetensors or \.pt name"),
    ("  bytes: null  #", "  bytes: 5  #", "a size without a sha256 is given; give both, or the digest alone"),
    ("  sha256: null", f"  sha256: {SHA[1:]}", "is not 64 digits of 0-9, a-f"),
    ("  licence: MIT\n", "  licence: MIT\n  mirrors: ['ftp://x/y']\n", "'ftp://x/y' is no http or https address"),
    ("  kind: diffusion\n", "  like: nobody\n", "like: 'nobody' is no entry with an architecture"),
    ("  bytes: null  #", f"  bytes: 5\n  sha256: {SHA}  #", "'sha256' stands twice"),
    ("tiny-world-2:", "tiny-world:", "'tiny-world' stands twice"),
    ("tiny-world-2:", "Tiny World:", "Tiny World: a model's name is made of"),
    ("tiny-clip:", "tiny-clip: [", "cannot be read"),
]


@pytest.mark.parametrize(("old", "new", "message"), EDITS, ids=[message for *_, message in EDITS])
def test_one_wrong_word_is_found_and_named(catalogue, old, new, message):
    text = catalogue.read_text()
    assert old in text
    catalogue.write_text(text.replace(old, new, 1))
    with pytest.raises(ModelError, match=message) as caught:
        read_catalogue(catalogue)
    assert str(caught.value).startswith(str(catalogue))


TOLD = "    text: {perceptor: tiny-clip, features: 4}\n"
SKETCHES = [
    (sketch(), "sketch draws what a text suggests, and no text is told; say text"),
    (TOLD + sketch(features=0), "sketch.features is 0; give at least 1"),
    (TOLD + sketch(fine=0), "sketch.fine is 0; give at least 1"),
    (TOLD + sketch(side=0), "sketch.side is 0; give a multiple of 2"),
    (TOLD + sketch(side=7), "sketch.side is 7; give a multiple of 2"),
    (TOLD + sketch(hidden=-3), "sketch.hidden is -3; give at least 1"),
    (TOLD + sketch(names=[]), "sketch.names is []; give how many names each kind has"),
    (TOLD + sketch(names=[3, 0]), "sketch.names is [3, 0]; give how many names each kind has"),
    (TOLD + sketch(pairs=[[0, 2]]), "sketch.pairs has [0, 2]; give two kinds from 0 to 1, the lower first"),
    (TOLD + sketch(pairs=[[0, 1], [1, 1]]), "sketch.pairs has [1, 1]; give two kinds from 0 to 1, the lower first"),
    (TOLD + sketch(pairs=[[-1, 1]]), "sketch.pairs has [-1, 1]; give two kinds from 0 to 1, the lower first"),
]


@pytest.mark.parametrize(("added", "message"), SKETCHES, ids=[message for _, message in SKETCHES])
def test_a_sketch_that_cannot_be_is_found_and_named(catalogue, added, message):
    text = catalogue.read_text()
    text = text.replace("in_channels: 12", "in_channels: 24", 1)
    catalogue.write_text(text.replace(MULTIPLE, MULTIPLE + added, 1))
    with pytest.raises(ModelError) as caught:
        read_catalogue(catalogue)
    assert message in str(caught.value)


NO_CATALOGUES = [b"", b"[]", b"a: 1", b"\xff\xfe\x00", b"a: &x [*x]", b"- a\n- b", b"? [a]\n: b", b"a: 2001-99-99"]


@pytest.mark.parametrize("content", NO_CATALOGUES)
def test_what_is_no_catalogue_is_refused(catalogue, content):
    catalogue.write_bytes(content)
    with pytest.raises(ModelError):
        read_catalogue(catalogue)


def test_the_list_says_present_missing_damaged(catalogue, adopted):
    path = adopted().path
    clip = adopted("tiny-clip").path
    content = bytearray(clip.read_bytes())
    content[-1] ^= 1
    clip.write_bytes(content)
    states = {one.name: one for one in list_models(thorough=True, catalogue=catalogue)}
    assert {name: one.state for name, one in states.items()} == {
        "tiny-world": "present",
        "tiny-world-2": "missing",
        "tiny-clip": "damaged",
    }
    assert states["tiny-world"].bytes == path.stat().st_size and states["tiny-world"].fault == ""
    assert "tiny-world-2.pt: the weights of 'tiny-world-2' are not there" in states["tiny-world-2"].fault
    assert str(states["tiny-clip"].sha256) in states["tiny-clip"].fault
    assert json.loads(json.dumps([asdict(one) for one in states.values()]))[0]["purpose"] == "Draws noise for tests."


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(catalogue, adopted):
    path = adopted().path
    path.unlink()
    os.mkfifo(path)
    assert {one.name: one.state for one in list_models(thorough=True, catalogue=catalogue)}["tiny-world"] == "missing"


def test_listing_models_imports_nothing_heavy():
    code = (
        "import sys, pipeline.models as models\n"
        "models.list_models(); models.find('painted-clip-a')\n"
        "print([name for name in ('torch', 'safetensors', 'open_clip') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_every_entry_of_the_packaged_catalogue_is_complete():
    entries = read_catalogue()
    for entry in entries.values():
        assert entry.purpose.endswith(".") and entry.licence
        assert entry.shipped or entry.mirrors or entry.source
        assert all(address.startswith("https://") for address in entry.mirrors)
        # of some CLIPs, of depth networks and of the models that were taught classes, nobody has published a digest
        assert entry.sha256 or entry.kind in ("clip", "depth", "flow") or entry.architecture.unet.num_classes
    by_file = {}
    for entry in entries.values():
        same = by_file.setdefault(entry.file, entry)
        assert (same.mirrors, same.sha256) == (entry.mirrors, entry.sha256)
    openai = [entry for entry in entries.values() if entry.name.endswith("/openai")]
    assert len(openai) == 9 and all(str(entry.sha256) in entry.mirrors[0] for entry in openai)
    assert sum(entry.kind == "diffusion" for entry in entries.values()) == 18


def test_aliases_and_likenesses_are_resolved():
    assert find("PADexpanded") == find("pixelartdiffusion_expanded")
    assert find("PulpSciFiDiffusion").architecture == find("PADexpanded").architecture
    assert find("portrait_generator_v001_ema_0.9999_1MM").name == "portrait_generator_v001"


def test_clips_are_what_open_clip_says_they_are():
    clip = find("ViT-L-14-336/openai").architecture
    assert (clip.image_size, clip.embed_dim, clip.vision_cfg.layers, clip.quick_gelu) == (336, 768, 24, True)
    assert find("RN50x16/openai").architecture.vision_cfg.layers == (6, 8, 18, 8)


def test_any_pair_that_open_clip_knows_may_be_named(fetched):
    entry = find("ViT-L-14/laion2b_s32b_b82k")
    assert (entry.sha256, entry.path.parent, entry.architecture.mean) == (None, fetched, (0.5, 0.5, 0.5))
    assert entry.mirrors[0].endswith("/laion/CLIP-ViT-L-14-laion2B-s32B-b82K/resolve/main/open_clip_model.safetensors")
    with pytest.raises(ModelError, match="open_clip knows no weights 'laion9b' for ViT-L-14; use one of"):
        find("ViT-L-14/laion9b")
    with pytest.raises(ModelError, match="has parts this program does not build"):
        find("ViT-B-16-SigLIP/webli")


def test_unknown_names_of_an_engine_are_found_together():
    with pytest.raises(ModelError) as caught:
        refuse_unknown(Engine("512x512", ("vit-b-32/openai", "ViT-B-32/laion2b_s34b_b79k"), "cpu", 1))
    assert str(caught.value).splitlines() == [
        "models.diffusion: no model is called '512x512'; did you mean '512x512_diffusion_uncond_finetune_008100' "
        "or '512x512_diffusion'?",
        "models.clip: no model is called 'vit-b-32/openai'; did you mean 'ViT-B-32/openai' or 'ViT-S-32/openai'?",
    ]
    refuse_unknown(Engine("PADexpanded", ("RN50/openai",), "cpu", 1))


def test_models_of_an_engine_that_are_not_there_are_named_with_what_to_do(fetched):
    with pytest.raises(ModelError) as caught:
        refuse_absent(Engine("512x512_diffusion_uncond_finetune_008100", ("painted-clip-a", "RN50/openai"), "cpu", 1))
    big, clip = str(caught.value).splitlines()
    assert big == (
        f"{fetched}/512x512_diffusion_uncond_finetune_008100.pt: the weights of "
        "'512x512_diffusion_uncond_finetune_008100' are not there (expected: about 2.2 GB in single precision, half of "
        "it in half, sha256 9c111ab89e214862b76e1fa6a1b3f1d329b1a88281885943d2cdbe357ad57648); "
        "run `pipeline models fetch 512x512_diffusion_uncond_finetune_008100` or put the file there"
    )
    assert clip.startswith(f"{fetched}/RN50.pt: ") and "`pipeline models fetch RN50/openai`" in clip
    with pytest.raises(ModelError, match=r"get it from Feiart/.* and run `pipeline models add FILE --like FeiArt_"):
        refuse_absent(Engine("FeiArt_Handpainted_CG_Diffusion", (), "cpu", 1))
    with pytest.raises(ModelError, match="fetch RN50/cc12m --trust sha256:DIGEST` with the digest its publisher gives"):
        refuse_absent(Engine("painted-world-128", ("RN50/cc12m",), "cpu", 1))
    refuse_absent(Engine("painted-world-128", ("painted-clip-a",), "cpu", 1))


def test_an_unknown_secondary_model_has_neighbours_too():
    engine = Engine("painted-world-128", ("painted-clip-a",), "cpu", 1, secondary_model="secondry")
    with pytest.raises(ModelError, match=r"^models.secondary: no model is called 'secondry'; did you mean 'secondary'"):
        refuse_unknown(engine)
    with pytest.raises(ModelError, match="the weights of 'secondary' are not there"):
        refuse_absent(replace(engine, secondary_model="secondary"))
