"""What happens in a run, told to whoever watches it from outside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from langchain_core.callbacks import (
    AsyncCallbackHandler,
    AsyncCallbackManager,
    BaseCallbackHandler,
    BaseCallbackManager,
    CallbackManager,
)
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import (
    get_async_callback_manager_for_config,
    get_callback_manager_for_config,
)

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
_DEAF: tuple[object, ...] = (
    BaseCallbackHandler.on_custom_event,
    AsyncCallbackHandler.on_custom_event,
)
_TOOL = {"tool_name": "minions_tool_name", "tool_call_id": "minions_tool_call_id"}


M = TypeVar("M", bound=BaseCallbackManager)


def call_metadata(tool: str, call: str | None) -> dict[str, str]:
    """What the metadata of runs tell of the call of a tool that they are made in.

    Args:
        tool: its name.
        call: the id of the call, where a model made it.
    """
    told = {_TOOL["tool_name"]: tool, _TOOL["tool_call_id"]: call}
    return {name: value for name, value in told.items() if value is not None}


class Progress:
    """Tells of a run as custom events, and to the graph it may be part of.

    Custom events reach `astream_events` and the `on_custom_event` of callbacks; tracers keep none.
    Within a LangGraph graph they also go to its `stream_mode="custom"`, and within one of its tools
    to the stream of that tool's call, as `{"event": name, "run_id": ..., **data}`; within a tool of
    ours with its `tool_name` and `tool_call_id`. They are named `minions_job_finished` after
    `minions_core.JobFinished`, and so on; their data is the event's fields, JSON-safe. What the
    child runs tell already is left out. Where nobody listens, nothing is made of an event.

    Args:
        config: the config of the run's children; its callbacks know the run they are children of.
    """

    def __init__(self, config: RunnableConfig) -> None:
        self._config = config
        self._writers = tuple(_writers())
        callbacks = config.get("callbacks")
        metadata: dict[str, Any] = getattr(callbacks, "metadata", {})
        self._place = {
            "run_id": str(getattr(callbacks, "parent_run_id", None)),
            **{name: metadata[key] for name, key in _TOOL.items() if key in metadata},
        }

    def tell(self, event: Event) -> None:
        """Tell of an event, blocking."""
        manager = self._manager
        if self._is_told(event, manager):
            data = data_of(event)
            self._write(event, data)
            if manager:
                manager.on_custom_event(_name(event), data, run_id=manager.parent_run_id)

    async def atell(self, event: Event) -> None:
        """Tell of an event."""
        manager = self._async_manager
        if self._is_told(event, manager):
            data = data_of(event)
            self._write(event, data)
            if manager:
                await manager.on_custom_event(_name(event), data, run_id=manager.parent_run_id)

    @cached_property
    def _manager(self) -> CallbackManager | None:
        return _of_those_who_hear(get_callback_manager_for_config(self._config))

    @cached_property
    def _async_manager(self) -> AsyncCallbackManager | None:
        return _of_those_who_hear(get_async_callback_manager_for_config(self._config))

    def _is_told(self, event: Event, manager: BaseCallbackManager | None) -> bool:
        is_heard = bool(manager or self._writers)
        return is_heard and not isinstance(event, _TOLD_BY_CHILD_RUNS)

    def _write(self, event: Event, data: dict[str, Any]) -> None:
        for write in self._writers:
            write({"event": _name(event), **self._place, **data})


def _name(event: Event) -> str:
    return f"minions_{name_of(event)}"


def _of_those_who_hear(manager: M) -> M | None:
    """A manager of a run's children, for those of its handlers only that hear custom events."""
    heard = [handler for handler in manager.handlers if _hears(handler)]
    manager.handlers = heard
    return manager if heard and manager.parent_run_id else None


def _hears(handler: BaseCallbackHandler) -> bool:
    return not handler.ignore_custom_event and type(handler).on_custom_event not in _DEAF


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
