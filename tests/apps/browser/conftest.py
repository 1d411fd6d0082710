"""The app and a browser: one app for all tests, one browser a test module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.apps.browser.chromium import chromium
from tests.apps.browser.serving import served
from tests.apps.browser.visiting import PATIENCE_MS, Visit, visit, window

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # No longer than a module: while it is open, no test of a coroutine can run.
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    with window(browser) as context:
        yield context


@pytest.fixture
def tab(desktop: BrowserContext, app_url: str) -> Iterator[Visit]:
    with visit(desktop, app_url) as seen:
        yield seen
