"""Signals that end a command as Ctrl-C does: what is known is told, the cursor is put back."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 130
"""The exit code of a command that Ctrl-C stopped."""

_SIGNALLED = 128
_STREAMS = (1, 2)
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(KeyboardInterrupt):
    """The process is to end, whatever it is at.

    Args:
        number: the signal that said so.

    Attributes:
        code: what the process exits with.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = _SIGNALLED + number


@contextmanager
def ended_by_signals() -> Generator[None]:
    """Have SIGTERM, and SIGHUP where there is one, raise `Ended` meanwhile.

    What is set to ignore them, such as `nohup`, or to do something else, is left alone.
    """
    is_main = threading.current_thread() is threading.main_thread()  # no other may set handlers
    taken = [n for n in _ENDING if is_main and signal.getsignal(n) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def exit_code(stop: KeyboardInterrupt) -> int:
    """What a process that was stopped exits with."""
    return stop.code if isinstance(stop, Ended) else INTERRUPTED


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    _let_go_of_lost_terminals()
    raise Ended(number)


def _let_go_of_lost_terminals() -> None:
    """Let what goes to a terminal that was closed go nowhere, for writing to it is an error."""
    for stream in _STREAMS:
        with suppress(OSError):  # it was closed from the start
            if stat.S_ISCHR(os.fstat(stream).st_mode) and not os.isatty(stream):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream)
                os.close(nowhere)
