"""The app as `minions app --no-browser` starts it, on a free port of this machine."""

from __future__ import annotations

import os
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
_POLL_SECONDS = 0.05
_OURS = ("MINIONS_", "STREAMLIT_", "OPENAI_", "TOGETHER_", "COV_")


@contextmanager
def served(command: list[str], home: Path) -> Iterator[str]:
    """The address of a Streamlit app while it runs.

    Args:
        command: what starts it, without the options of the server.
        home: an empty folder, so that no settings of the user's are read; its log goes there.

    Raises:
        AssertionError: it did not come up; says what it wrote.
    """
    port = free_port()
    log = home / "app.log"
    options = ["--server.port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [*command, *options], stdout=out, stderr=out, env=_environment(home), cwd=home
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/_stcore/health", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(30)


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


def streamlit(page: Path) -> list[str]:
    """The command that serves a Streamlit page, with no browser opened and nothing reported."""
    server = [
        "--server.headless",
        "true",
        "--browser.gatherUsageStats",
        "false",
        "--server.fileWatcherType",
        "none",
    ]
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        *server,
        "--server.address=127.0.0.1",
    ]
