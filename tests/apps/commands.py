"""The `minions` command as tests run it: in this process, in its own, at a terminal."""

from __future__ import annotations

import codecs
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from typer.testing import CliRunner

from minions_core.cli.commands import app

OFFLINE = ["--local", "offline", "--remote", "offline"]
NOWHERE = "/nowhere/at/all"

PATIENCE = 50
"""Seconds to wait for a command that may have to share its machine with many others."""

_MINE = ("MINIONS_", "OPENAI_", "TOGETHER_", "OLLAMA_", "STREAMLIT_", "_MINIONS_")
_COMMAND = [sys.executable, "-m", "minions_core.cli"]
# A session of its own takes the terminal it is given as its own, so that Ctrl-C reaches it.
_AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, '-m', 'minions_core.cli', *sys.argv[1:]])"
)

_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def run(*arguments, stdin=None, **variables):
    """A command run in this process, without the settings of whoever runs the tests."""
    mine = [name for name in os.environ if name.startswith(_MINE)]
    bare = dict.fromkeys(mine) | {"XDG_CONFIG_HOME": NOWHERE, "NO_PROXY": "127.0.0.1"}
    return CliRunner(env=bare | variables).invoke(app, [str(item) for item in arguments], stdin)


def errors(*arguments, code=1, **variables):
    """What a command that fails prints, which must be one line on the error stream."""
    result = run(*arguments, **variables)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (code, "", 1)
    return result.stderr


def environment(**variables):
    """The environment of a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_MINE)}
    return kept | {"XDG_CONFIG_HOME": NOWHERE, "NO_PROXY": "127.0.0.1"} | variables


def started(*arguments, **variables):
    """A command in a process of its own, whose streams can be read and written."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*_COMMAND, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
    )


class Terminal:
    """A command at a terminal of its own.

    Attributes:
        sent: all that was sent to the terminal so far, its control codes included.

    Args:
        arguments: the command.
        to_a_pipe: send its standard output to a pipe, not to the terminal.
        folder: where it is started; here if there is none.
        variables: of its environment.
    """

    def __init__(self, *arguments, to_a_pipe=False, folder=None, **variables):
        self._screen, child = pty.openpty()
        wide = {"COLUMNS": "120", "LINES": "40", "TERM": "xterm"}
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", _AT_TERMINAL, *map(str, arguments)],
            stdin=child,
            stdout=subprocess.PIPE if to_a_pipe else child,
            stderr=child,
            env=environment(**wide, **variables),
            cwd=folder,
            start_new_session=True,
        )
        os.close(child)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.sent = ""
        self._seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        if self._screen is not None:
            os.close(self._screen)
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def shown(self):
        """All it has shown so far, as text."""
        return _CODES.sub("", self.sent)

    @property
    def output(self):
        """What went to the pipe, once it has ended."""
        return self._process.stdout.read().decode()

    def until(self, text):
        """Wait until it has shown `text`, after all that was waited for before."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown[self._seen :]:
            assert self._read(deadline), f"it ended without {text!r}: {self.shown}"
        self._seen = self.shown.index(text, self._seen) + len(text)
        return self

    def type(self, keys):
        """Press keys."""
        os.write(self._screen, keys.encode())
        return self

    def pressed(self, keys):
        """Press keys until it ends, as a person does who sees nothing happen; its exit code.

        Python misses a signal that comes just before it begins to wait for a line.
        """
        self.type(keys)
        deadline = time.monotonic() + PATIENCE
        while True:
            if not self._shows_more(1):
                assert time.monotonic() < deadline, f"it goes on: {self.shown}"
                self.type(keys)
            elif not self._read(deadline):
                return self._process.wait(PATIENCE)

    def signalled(self, number):
        """Send it a signal; its exit code."""
        self._process.send_signal(number)
        return self.ended()

    def hung_up(self):
        """Close the terminal, as a person does with its window; the exit code of the command."""
        os.close(self._screen)
        self._screen = None
        return self._process.wait(PATIENCE)

    def ended(self):
        """Wait for its end; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self._process.wait(PATIENCE)

    def _shows_more(self, seconds):
        """Whether it shows something, or ends, within some seconds."""
        return bool(select.select([self._screen], [], [], seconds)[0])

    def _read(self, deadline):
        """Take in what it shows next; whether it went on at all."""
        waited = self._shows_more(max(0, deadline - time.monotonic()))
        assert waited, f"nothing more came within {PATIENCE} s: {self.shown}"
        try:
            piece = os.read(self._screen, 65536)
        except OSError:  # Linux's way to say that nobody is at the other end any more
            piece = b""
        self.sent += self._decoder.decode(piece)
        return bool(piece)


CTRL_C = "\x03"
CTRL_D = "\x04"


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file that holds `text`."""
    (folder / name).write_text(text)
    return str(folder / name)


def without(packages, *arguments):
    """How a command ends on a machine that lacks some packages, named with commas between them."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({packages.split(',')!r})); "
        "from minions_core.cli import main; main()"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, env=environment(), check=False, timeout=PATIENCE
    )
