"""What listens to LlamaIndex in tests."""

from typing import Any

from llama_index.core.callbacks import CBEventType
from llama_index.core.callbacks.base_handler import BaseCallbackHandler
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from pydantic import Field


def method(span_id: str) -> str:
    """The method a span is of: its class is the object's, or in older versions the defining one."""
    return span_id.partition("-")[0].rpartition(".")[2]


def lineage(span_id: str, parents: dict[str, str | None]) -> list[str]:
    """A span and all it stands under, from the inside out."""
    parent = parents.get(span_id)
    return [span_id] if parent is None else [span_id, *lineage(parent, parents)]


class Events(BaseEventHandler):
    """Keeps every event."""

    heard: list[Any] = Field(default_factory=list)

    def handle(self, event: Any, **kwargs: Any) -> None:
        self.heard.append(event)

    def names(self, without: str | tuple[str, ...] = " ") -> list[str]:
        """The classes of the events, but for those that begin with `without`."""
        told = [event.class_name() for event in self.heard]
        return [name for name in told if not name.startswith(without)]


class Callbacks(BaseCallbackHandler):
    """Keeps the name of every callback: `start query`, `end query`."""

    def __init__(self) -> None:
        super().__init__([], [])
        self.heard: list[str] = []

    def on_event_start(self, event_type: CBEventType, *args: Any, **kwargs: Any) -> str:
        self.heard.append(f"start {event_type.value}")
        return ""

    def on_event_end(self, event_type: CBEventType, *args: Any, **kwargs: Any) -> None:
        self.heard.append(f"end {event_type.value}")

    def start_trace(self, trace_id: str | None = None) -> None:
        """Unheard: whether a trace begins depends on what ran in this thread before."""

    def end_trace(self, *args: Any, **kwargs: Any) -> None:
        """Unheard as well."""
