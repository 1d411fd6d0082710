"""What listens to LlamaIndex in tests."""

from typing import Any

from llama_index.core.callbacks import CBEventType
from llama_index.core.callbacks.base_handler import BaseCallbackHandler
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from pydantic import Field


class Events(BaseEventHandler):
    """Keeps every event."""

    heard: list[Any] = Field(default_factory=list)

    def handle(self, event: Any, **kwargs: Any) -> None:
        self.heard.append(event)

    def names(self, without: str = " ") -> list[str]:
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
