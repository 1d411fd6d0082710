"""What happens in a run, told to whoever watches it from outside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.callbacks import adispatch_custom_event, dispatch_custom_event
from langchain_core.runnables import RunnableConfig

from minions_core.events import (
    CallFinished,
    CallStarted,
    Event,
    JobStarted,
    TextDelta,
    data_of,
    name_of,
)

_TOLD_BY_CHILD_RUNS = (CallStarted, CallFinished, JobStarted, TextDelta)


class Progress:
    """Tells of a run as custom events, and to the graph it may be part of.

    Custom events reach `astream_events` and the `on_custom_event` of callbacks. Within a LangGraph
    graph they also go to its `stream_mode="custom"`, and within one of its tools to the stream of
    that tool's call. They are named `minions_job_finished` after `minions_core.JobFinished`, and
    so on; their data is the event's fields. What the child runs tell already is left out.

    Args:
        config: the config of the run's children.
    """

    def __init__(self, config: RunnableConfig) -> None:
        self._config = config
        self._writers = tuple(_writers())

    def tell(self, event: Event) -> None:
        """Tell of an event, blocking."""
        if not isinstance(event, _TOLD_BY_CHILD_RUNS):
            name, data = self._written(event)
            dispatch_custom_event(name, data, config=self._config)

    async def atell(self, event: Event) -> None:
        """Tell of an event."""
        if not isinstance(event, _TOLD_BY_CHILD_RUNS):
            name, data = self._written(event)
            await adispatch_custom_event(name, data, config=self._config)

    def _written(self, event: Event) -> tuple[str, dict[str, Any]]:
        name, data = f"minions_{name_of(event)}", data_of(event)
        for write in self._writers:
            write({"event": name, **data})
        return name, data


def _writers() -> Iterator[Callable[[Any], None]]:
    """The streams of the LangGraph graph and tool this runs in, if it does.

    LangGraph need not be installed; where it runs something, its modules are loaded.
    """
    config = sys.modules.get("langgraph.config")
    if config is not None:
        try:
            yield config.get_stream_writer()
        except (RuntimeError, KeyError):  # not within a graph
            return
    tools = sys.modules.get("langgraph.prebuilt.tool_node")
    emit = getattr(getattr(tools, "ToolRuntime", None), "emit_output_delta", None)
    if emit is not None:
        runtime = None  # the stream of a tool call is found by the context alone
        yield lambda delta: emit(runtime, delta)
