"""The engine of a small but whole run, and what engines are composed of in tests."""

import pytest
from llama_index.core import Document
from llama_index.core.base.response.schema import AsyncStreamingResponse
from llama_index.core.schema import TextNode
from llama_index.core.tools import QueryEngineTool

from llama_index_minions import MinionsQueryEngine
from tests.llama_index.scripted import OTHER, QUESTION, REPORT, supervisor, worker


def documents() -> list[Document]:
    """A letter that tells nothing, and a report that has the answer."""
    return [
        Document(text=OTHER, id_="letter", metadata={"file_name": "letter.txt"}),
        Document(text=REPORT, id_="report", metadata={"file_name": "report.txt"}),
    ]


def nodes() -> list[TextNode]:
    """The same two as nodes of an index."""
    return [TextNode(text=OTHER, id_="letter"), TextNode(text=REPORT, id_="report")]


def engine(**options) -> MinionsQueryEngine:
    """MinionS over `documents`, with LLMs that follow the script unless others are given."""
    models = {"local": worker(), "remote": supervisor()} | options
    return MinionsQueryEngine.from_documents(documents(), **models)


def tool(name: str, **options) -> QueryEngineTool:
    """LlamaIndex's own tool around `engine`."""
    return QueryEngineTool.from_defaults(engine(**options), name=name, description=f"The {name}.")


async def blocking(asked) -> str:
    """What an engine answers to QUESTION within a running loop, as in a notebook."""
    return str(asked.query(QUESTION))


async def awaiting(asked) -> str:
    """What an engine answers to QUESTION on the running loop, streaming or not."""
    response = await asked.aquery(QUESTION)
    if isinstance(response, AsyncStreamingResponse):
        response = await response.get_response()
    return str(response)


each_way = pytest.mark.parametrize("ask", [blocking, awaiting])
