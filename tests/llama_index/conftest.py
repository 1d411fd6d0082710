"""Handlers that listen to a test and are gone after it, Settings as they were, no downloads."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import llama_index.core
import pytest
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
from llama_index.core.settings import Settings
from llama_index_instrumentation import get_dispatcher

from tests.llama_index.ends import OLD
from tests.llama_index.listening import Events


@pytest.fixture
def events() -> Iterator[Events]:
    handler, root = Events(), get_dispatcher()
    root.add_event_handler(handler)
    yield handler
    root.event_handlers.remove(handler)


@pytest.fixture
def spans() -> Iterator[SimpleSpanHandler]:
    handler, root = SimpleSpanHandler(), get_dispatcher()
    root.add_span_handler(handler)
    yield handler
    root.span_handlers.remove(handler)


@pytest.fixture(autouse=True, scope="session")
def _word_lists() -> Iterator[None]:
    """The oldest core would fetch the word lists they come with, if not told where those are."""
    with pytest.MonkeyPatch.context() as patch:
        if OLD:
            patch.setenv("NLTK_DATA", str(Path(llama_index.core.__file__).parent))
        yield


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    before = dict(vars(Settings))
    vars(Settings).update(_callback_manager=None)  # as new, whatever a test file made on its way in
    yield
    vars(Settings).update(before)


@pytest.fixture(autouse=True)
def _loop_of_the_thread() -> Iterator[None]:
    """One that is closed in the end: where there is none, core makes one and leaves it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
