"""A visit to the app in the browser, and what the page did that it should not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    Route,
    WebSocket,
)

DESKTOP = (1280, 900)
PHONE = (390, 844)
_HERE = {"127.0.0.1", "localhost", "::1"}
_INLINE = {"data", "blob", "about", "file"}
PATIENCE_MS = 50_000  # a busy machine is no failure


@dataclass
class Visit:
    """A tab of its own, and what went wrong in it.

    Attributes:
        page: the tab.
        errors: errors on its console, and exceptions of its scripts.
        strangers: addresses off this machine that it asked for; none is let through.
        dialogs: what the dialogs said that it opened.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def failed(self, error: Error) -> None:
        self.errors.append(str(error))

    def asked(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def requested(self, request: Request | WebSocket) -> None:
        if not is_here(request.url):
            self.strangers.append(request.url)


@contextmanager
def window(
    browser: Browser, size: tuple[int, int] = DESKTOP, *, dark: bool = False
) -> Iterator[BrowserContext]:
    """A browser window with a cache of its own that reaches this machine alone.

    Args:
        browser: the browser it belongs to.
        size: width and height in pixels.
        dark: whether it prefers dark pages.
    """
    width, height = size
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    context.route(lambda url: not is_here(url), _refuse)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def visit(context: BrowserContext, url: str) -> Iterator[Visit]:
    """A new tab of `context` at `url`, watched from the first request on."""
    page = context.new_page()
    seen = Visit(page)
    page.on("console", seen.told)
    page.on("pageerror", seen.failed)
    page.on("dialog", seen.asked)
    page.on("request", seen.requested)
    page.on("websocket", seen.requested)
    try:
        page.goto(url, wait_until="domcontentloaded")
        yield seen
    finally:
        page.close()


def is_here(url: str) -> bool:
    """Whether an address is one of this machine, or stands for itself (`data:`)."""
    parts = urlsplit(url)
    return parts.scheme in _INLINE or parts.hostname in _HERE


def picture(page: Page, name: str) -> None:
    """Take a screenshot of what is seen, if MINIONS_SCREENSHOTS names a folder to put it in."""
    if folder := os.environ.get("MINIONS_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")


def _refuse(route: Route) -> None:
    route.abort("blockedbyclient")
