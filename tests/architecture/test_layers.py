"""Imports go down only, torch stays where pictures are drawn, and each promise has one place that may keep it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

# stage -> what it may import besides itself; whoever is not named here imports nothing of the package
NOUNS = {"types", "errors"}
LIGHT = NOUNS | {"schedule", "store"}
STAGES = LIGHT | {"models"}
JOINED = STAGES | {"warp", "condition", "sample", "assemble"}
MAY_IMPORT = {
    "types": set(),
    "errors": {"types"},
    "places": set(),
    "listen": NOUNS | {"places"},
    "footage": NOUNS | {"places"},
    "motion": set(),
    "schedule": NOUNS | {"places", "listen", "footage"},
    "store": NOUNS,
    "models": LIGHT | {"", "places"},  # its version is a fact about the engine
    "warp": STAGES | {"motion", "footage"},
    "condition": STAGES,
    "sample": STAGES,
    "assemble": STAGES | {"motion"},
    "identity": NOUNS | {"store"},
    "stereo": STAGES | {"warp"},
    "render": JOINED | {"identity", "stereo", "footage"},
    "forecast": JOINED | {"render", "places"},
    "preview": JOINED | {"render"},
    "explain": NOUNS | {"schedule"},
    "importing": NOUNS | {"schedule"},
    "exporting": NOUNS | {"schedule", "importing"},
    "starters": set(),
    "plot": LIGHT | {"listen"},
    "account": JOINED | {"render", "explain", "identity", "forecast", "footage"},
    "show": JOINED | {"render", "preview"},
    "cli": JOINED
    | {
        "listen",
        "render",
        "preview",
        "explain",
        "plot",
        "show",
        "account",
        "importing",
        "exporting",
        "starters",
        "stereo",
        "forecast",
    },
    "__main__": {"cli"},
    "": {"render", "preview", "schedule"},
    "bench": LIGHT
    | {"", "listen", "models", "condition", "sample", "preview", "render", "train", "warp", "forecast", "motion"},
    "compose": set(),
    "train": NOUNS | {"models", "sample", "schedule"},
}


def imports(source) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything a module imports, at any depth, also for type checking alone."""
    package = ("pipeline", *source.name.split(".")) if source.name else ("pipeline",)
    if source.path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def stages_imported(source, sources) -> Iterator[tuple[int, str]]:
    known = {one.stage for one in sources} - {""}
    for line, name in imports(source):
        parts = name.split(".")
        if parts[0] == "pipeline":
            stage = parts[1] if len(parts) > 1 and parts[1] in known else ""
            if stage != source.stage:
                yield line, stage


def test_every_stage_has_its_place(sources) -> None:
    assert {source.stage for source in sources} == set(MAY_IMPORT)


def test_imports_go_down_only(sources) -> None:
    wrong = [
        f"{source.path}:{line}: {source.stage or 'the package'} imports {stage or 'the package'}"
        for source in sources
        for line, stage in stages_imported(source, sources)
        if stage not in MAY_IMPORT[source.stage]
    ]
    assert wrong == []


def test_the_check_sees_imports_of_every_form(sources) -> None:
    render = next(source for source in sources if source.name == "render")
    stages = {"identity", "errors", "models", "store", "assemble", "warp", "sample", "types", "stereo"}
    assert stages == {s for _, s in stages_imported(render, sources)}
    facts = next(source for source in sources if source.name == "models.facts")
    assert "" in {stage for _, stage in stages_imported(facts, sources)}


HEAVY = ("torch", "torchvision", "open_clip", "guided_diffusion", "kornia")
WITHOUT_TORCH = ["types", "errors", "places", "listen", "schedule", "store", "assemble", "explain", "plot", "show"]
WITHOUT_TORCH += ["account", "compose", "cli", "importing", "exporting", "starters"]
WITHOUT_TORCH += ["footage", "motion", "__main__"]


@pytest.mark.parametrize("stage", WITHOUT_TORCH)
def test_torch_is_never_imported_by(stage: str, sources) -> None:
    wrong = [
        f"{source.path}:{line}: {name}"
        for source in sources
        if source.stage == stage
        for line, name in imports(source)
        if name.split(".")[0] in HEAVY
    ]
    assert wrong == []


def calls(source) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with the name it goes by: `print`, `os.system`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


PRINTERS = {"cli", "show", "__main__", "bench"}  # stages


def test_only_the_programs_print_or_exit(sources) -> None:
    names = {"print", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write"}
    wrong = [
        f"{source.path}:{node.lineno}: {name}"
        for source in sources
        if source.stage not in PRINTERS and source.name != "train.__main__"
        for node, name in calls(source)
        if name in names
    ]
    assert wrong == []


def is_true(node: Any) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def test_nothing_runs_text_or_trusts_files(sources) -> None:
    banned = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"}
    wrong = []
    for source in sources:
        modules = {name.split(".")[0] for _, name in imports(source)}
        wrong += [f"{source.path}: {name}" for name in modules & {"pickle", "marshal", "shelve", "dill", "joblib"}]
        for node, name in calls(source):
            options = {keyword.arg: keyword.value for keyword in node.keywords}
            if name in banned or is_true(options.get("shell")):
                wrong.append(f"{source.path}:{node.lineno}: {name}")
            if name == "torch.load" and not is_true(options.get("weights_only")):
                wrong.append(f"{source.path}:{node.lineno}: torch.load without weights_only=True")
            if "weights_only" in options and not is_true(options["weights_only"]):
                wrong.append(f"{source.path}:{node.lineno}: weights_only is not True")
    assert wrong == []


def test_only_models_loads_weights(sources) -> None:
    loaders = {"torch.load", "safetensors.torch.load", "safetensors.torch.load_file", "parse_safetensors"}
    places = {source.name for source in sources for _, name in calls(source) if name in loaders}
    assert places == {"models.weights", "train.progress"}  # a training goes on from its own checkpoints
