"""Which Chromium the browser tests drive, and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ADVICE = (
    "no Chromium for the browser tests: run tests/apps/browser/get_chromium.sh, "
    "or name yours in MINIONS_CHROMIUM"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed at the end.

    While it is open the thread has a running event loop: tests of coroutines must wait.
    """
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=found(own), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def found(own: str) -> str:
    """The path of a Chromium: the one named, the system's, or playwright's own."""
    named = os.environ.get("MINIONS_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, NAMES)), own)
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path} is not there: {_ADVICE}")
    return path
