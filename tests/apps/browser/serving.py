"""The app as `minions app` starts it, on a free port of this machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_READY_SECONDS = 60
_END_SECONDS = 30
_POLL_SECONDS = 0.05
_TAB_GONE = re.compile(  # Streamlit's own complaint of a tab that goes while it is drawn
    r"Exception in ASGI application\n(?:(?!Exception in ASGI).)*?Cannot call \"send\" once[^\n]*",
    re.DOTALL,
)
_OURS = ("MINIONS_", "STREAMLIT_", "OPENAI_", "TOGETHER_", "COV_")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of the app while it runs.

    Args:
        home: an empty folder, so that no settings of the user's are read; its log goes there.

    Raises:
        AssertionError: it did not come up, or an exception went unhandled; says what it wrote.
    """
    port = free_port()
    log = home / "app.log"
    command = [sys.executable, "-m", "minions_core.cli", "app", "--no-browser", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  # our own command
            command, stdout=out, stderr=out, env=_environment(home), cwd=home
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/_stcore/health", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(_END_SECONDS)
    written = _TAB_GONE.sub("", log.read_text())
    assert "Traceback" not in written, written


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(home: Path) -> dict[str, str]:
    """This process's, without keys and settings, and with no model server to be found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    nowhere = f"http://127.0.0.1:{free_port()}"
    return {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "OLLAMA_HOST": nowhere}


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the app ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # http on loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_SECONDS)
    raise AssertionError(f"the app did not come up: {log.read_text()}")
