"""What breaks in the midst of a query, with an error that holds what was read."""

import pytest
from llama_index.core import SummaryIndex
from llama_index.core.callbacks import CallbackManager, EventPayload
from llama_index.core.postprocessor.types import BaseNodePostprocessor

from tests.llama_index.contract import Shelf
from tests.llama_index.engines import documents
from tests.llama_index.listening import Callbacks


class _Searching(Shelf):
    def _retrieve(self, query_bundle):
        raise ValueError("cannot search: " + " ".join(node.text for node in self.nodes))


class _Ranking(BaseNodePostprocessor):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        raise ValueError("cannot rank: " + " ".join(node.text for node in nodes))


class _Counting(Callbacks):
    def on_event_end(self, event_type, payload=None, *args, **kwargs):
        if EventPayload.NODES in (payload or {}):
            raise ValueError(f"cannot count: {payload}")


PARTS = {
    "a retriever": lambda: {"source": _Searching(_found())},
    "a postprocessor": lambda: {"node_postprocessors": [_Ranking()]},
    "a callback handler": lambda: {"callback_manager": CallbackManager([_Counting()])},
}
"""Options of a tool over `documents()` that break it."""

parts_that_break = pytest.mark.parametrize("broken", PARTS.values(), ids=PARTS)


def _found():
    return SummaryIndex.from_documents(documents()).as_retriever().retrieve("")
