"""The snippets in the docstrings of the adapters run, with real clients against a server."""

import ast
import inspect
import re
import textwrap
import types

import pytest
from langchain_core.documents import Document
from llama_index.core import Document as LlamaIndexDocument
from llama_index.core import MockEmbedding, VectorStoreIndex
from llama_index.core.schema import TextNode

import langchain_minions
import llama_index_minions
from tests.docs.models import REPORT, every_model
from tests.wire import WireServer

SNIPPET = re.compile(r"^( *)```python\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def snippets(public):
    return [textwrap.dedent(code) for _, code in SNIPPET.findall(inspect.cleandoc(public.__doc__))]


def langchain_names():
    return {"docs": [Document(REPORT, metadata={"source": "report.txt"})]}


def llama_index_names():
    nodes = [TextNode(text=REPORT, metadata={"file_name": "report.txt"})]
    index = VectorStoreIndex(nodes, embed_model=MockEmbedding(embed_dim=2))
    return {
        "documents": [LlamaIndexDocument(text=REPORT, metadata={"file_name": "report.txt"})],
        "nodes": nodes,
        "index": index,
        "retriever": index.as_retriever(),
    }


# LlamaIndex's agents themselves use what pydantic and its workflows have deprecated.
DEPRECATED = pytest.mark.filterwarnings("ignore::DeprecationWarning")
PUBLIC = [
    pytest.param(getattr(adapter, name), names, id=f"{adapter.__name__}.{name}", marks=marks)
    for adapter, names, marks in (
        (langchain_minions, langchain_names, ()),
        (llama_index_minions, llama_index_names, DEPRECATED),
    )
    for name in adapter.__all__
]


@pytest.mark.parametrize(("public", "names_of"), PUBLIC)
async def test_the_snippets_of_a_docstring_run(public, names_of, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    names = names_of()
    with WireServer(every_model) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
        # LlamaIndex's Ollama heeds no variable.
        served = f'Ollama("llama3.2", base_url="{server.ollama_url}"'
        for number, snippet in enumerate(snippets(public)):
            place = f"<{public.__name__}, snippet {number + 1}>"
            code = snippet.replace('Ollama("llama3.2"', served)
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            waiting = types.FunctionType(compile(code, place, "exec", flags), names)()
            if inspect.isawaitable(waiting):
                await waiting


@pytest.mark.parametrize(("public", "_names_of"), PUBLIC)
def test_every_public_name_shows_how_it_is_used(public, _names_of):
    assert snippets(public)
