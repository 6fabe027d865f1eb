"""Run the command line, and turn a fault into an exit code.

Every fault of the artist's is one or more lines on standard error, never a traceback; what is not a known fault is our
bug, and its traceback goes to a file that the message names.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import traceback
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from ..errors import KeyframeError, PipelineError, SampleError, is_out_of_memory
from ..show import say
from .commands import app

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SOON = 0.02  # seconds to when a request to end is made again


class Stopped(BaseException):
    """The process was asked to end; not an Exception, so that nothing on the way mistakes it for a fault."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


def main() -> NoReturn:
    """Run the command line; exit with the code of the fault, if there was one."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    before, sys.unraisablehook = sys.unraisablehook, _ask_again
    try:
        code = _run()
    except Stopped as stopped:  # also where a fault was just being told
        say("stopped; frames that are done are kept, run the same command to go on")
        code = 128 + stopped.number
    for number in SIGNALS:  # what comes now has nothing left to stop, and nobody to catch it
        signal.signal(number, signal.SIG_DFL)
    sys.unraisablehook = before
    sys.exit(code)


def _run() -> int | str | None:
    """Run the command line; return what to exit with."""
    try:
        try:
            app(prog_name="pipeline")  # leaves by sys.exit, with 2 for a wrong option
        finally:
            sys.stdout.flush()  # a closed pipe is noticed here, and not when the interpreter ends
    except SystemExit as leaving:
        return leaving.code
    except KeyframeError as fault:
        from ..schedule.excerpt import illustrated

        say(illustrated(fault))
        return fault.exit_code
    except PipelineError as fault:
        say(str(fault))
        return fault.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the interpreter's own last flush
        return 1
    except Exception as fault:
        if is_out_of_memory(fault):
            say("out of memory; frames that are done are kept; lower the size or the number of models, or free memory")
            return SampleError.exit_code
        return _report_bug()
    raise AssertionError("typer leaves by sys.exit")


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second time ends the process at once
    raise Stopped(number)


def _ask_again(lost: UnraisableHookArgs) -> None:
    """Ask to end once more where it was lost: what finalizers and callbacks of weak references raise reaches nobody."""
    if isinstance(lost.exc_value, Stopped):
        number = lost.exc_value.number
        signal.signal(number, _stop)
        again = threading.Timer(SOON, os.kill, (os.getpid(), number))  # not here, where it would be lost again
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(lost)


def _report_bug() -> int:
    with tempfile.NamedTemporaryFile("w", prefix="pipeline-bug-", suffix=".txt", delete=False) as file:
        traceback.print_exc(file=file)
    kind = sys.exc_info()[0]
    say(
        f"this is a bug of the program, not of your file ({kind.__name__ if kind else 'unknown'}); "
        f"frames that are done are kept. Please report it with {file.name}",
    )
    return 70
