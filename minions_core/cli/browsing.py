"""`minions app`: the app in the browser."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from minions_core.cli.options import DebugOption
from minions_core.errors import MissingExtra

_PAGE = Path(__file__).parents[1] / "app" / "page.py"
_HERE = "127.0.0.1"


def app(
    *,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where it listens on this machine.")
    ] = 8501,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; print the address only.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Open the app in the browser, for this machine alone; Ctrl-C ends it."""
    del debug
    if find_spec("streamlit") is None:
        raise MissingExtra("streamlit", "app")
    # -P: a file called streamlit.py in the current folder is not to run in its place.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(_PAGE)]
    settings = {
        "server.address": _HERE,
        "server.port": str(port),
        "server.headless": str(no_browser).lower(),
        "server.showEmailPrompt": "false",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "browser.serverAddress": _HERE,
        "browser.gatherUsageStats": "false",
    }
    for name, value in settings.items():
        command += [f"--{name}", value]
    raise typer.Exit(_ended(command))


def _ended(command: list[str]) -> int:
    """Run a server until it ends, or is ended with this process; its exit code.

    It runs in the folder of its page: Streamlit takes settings from the current folder, and whoever
    filled that one could otherwise say what is opened in the browser.
    """
    with subprocess.Popen(command, cwd=_PAGE.parent) as server:  # noqa: S603 - our own page
        try:
            return server.wait()
        finally:
            server.terminate()
            server.wait()
