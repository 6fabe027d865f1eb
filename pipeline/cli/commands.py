"""Every command of the program and the order in which help lists them; a new one needs its line here, no more."""

from __future__ import annotations

from collections.abc import Callable

import typer

from . import estimates, films, importing, models, music, previews, starting, study, upkeep

COMMANDS = (
    *(
        starting.new,
        films.render,
        films.check,
        estimates.estimate,
        study.explain,
        study.plot,
        previews.preview,
        previews.animatic,
        study.schema,
    ),
    *(films.assemble, previews.sheet, music.listen),
    *(upkeep.status, upkeep.why, upkeep.verify, upkeep.show, upkeep.clean, upkeep.bundle),
)
MODELS_COMMANDS: dict[str, Callable[..., None]] = {
    "list": models.models_list,
    "fetch": models.models_fetch,
    "verify": models.models_verify,
    "add": models.models_add,
}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turn a keyframe file into a film with CLIP-guided diffusion.",
)
models_app = typer.Typer(no_args_is_help=True, help="What models there are, and how to get them.")

for command in COMMANDS:
    app.command()(command)
app.command("import")(importing.import_file)  # a word of Python's, which no function can be called
app.command()(importing.export)
for name, models_command in MODELS_COMMANDS.items():
    models_app.command(name)(models_command)
app.add_typer(models_app, name="models")
