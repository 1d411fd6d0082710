"""The snippets in the docstrings of the adapters run, with real clients against a server."""

import ast
import inspect
import json
import re
import textwrap
import types

import pytest
from langchain_core.documents import Document

import langchain_minions
from tests.wire import WireServer

TEXT = "Capital expenditure in 2023 was 1,577 million.\n\n" + "The weather was mild. " * 400
PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0])\n"
    "    found = search(chunks, 'capital expenditure', k=2)\n"
    "    return [JobManifest(chunk=c, task='Capital expenditure in 2023?') for c in found]\n"
    "```"
)
QUOTE = "Capital expenditure in 2023 was 1,577 million."
FOUND = json.dumps({"explanation": "stated", "citation": QUOTE, "answer": "1,577 million"})
SNIPPET = re.compile(r"^( *)```python\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def either_protocol(request):
    """Both models of both protocols, told by what they are asked."""
    conversation = str(request.messages)
    if "You read one excerpt" in conversation:
        return FOUND
    if "Evidence after round" in conversation or "local model's reply" in conversation.lower():
        return "<answer>It was 1,577 million [1].</answer>"
    if "prepare_jobs" in conversation:
        return PLAN
    if "<ask>" in conversation:
        return "<ask>What was capital expenditure in 2023?</ask>"
    return f"It was 1,577 million.\nQuote: {QUOTE}"


def snippets(public):
    return [textwrap.dedent(code) for _, code in SNIPPET.findall(inspect.cleandoc(public.__doc__))]


PUBLIC = [getattr(langchain_minions, name) for name in langchain_minions.__all__]


@pytest.mark.parametrize("public", PUBLIC, ids=langchain_minions.__all__)
async def test_the_snippets_of_a_docstring_run(public, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    names = {"docs": [Document(TEXT, metadata={"source": "report.txt"})]}
    with WireServer(either_protocol) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
        for number, snippet in enumerate(snippets(public)):
            place = f"<{public.__name__}, snippet {number + 1}>"
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            waiting = types.FunctionType(compile(snippet, place, "exec", flags), names)()
            if inspect.isawaitable(waiting):
                await waiting


@pytest.mark.parametrize("public", PUBLIC, ids=langchain_minions.__all__)
def test_every_public_name_shows_how_it_is_used(public):
    assert snippets(public)
