"""What every call of an LLM is made within."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from llama_index.core.callbacks import base as callbacks
from llama_index_instrumentation.dispatcher import active_instrument_tags, instrument_tags

from minions_core.drivers import ObserverFailed

if TYPE_CHECKING:
    from minions_core.effects import Ask


@contextmanager
def called_for(ask: Ask) -> Generator[None, None, None]:
    """Tag what LlamaIndex's handlers are told of a call, and let what they raise end the run.

    A handler of the LLM's callback manager may raise to have it all stopped, as a
    `TokenCountingHandler` with a budget does. For the core that is an observer's exception, which
    comes out of the run as it was raised; it is no call that failed and could be made again.

    Raises:
        ObserverFailed: a handler raised something.
    """
    tags = {"minions.role": ask.role, "minions.label": ask.label}
    with instrument_tags({**active_instrument_tags.get(), **tags}):
        try:
            yield
        except Exception as error:
            if any(frame.f_globals is callbacks.__dict__ for frame in _frames(error)):
                raise ObserverFailed(error) from error
            raise


def _frames(error: Exception) -> Iterator[FrameType]:
    """The frames an exception came through."""
    traceback = error.__traceback__
    while traceback:
        yield traceback.tb_frame
        traceback = traceback.tb_next
