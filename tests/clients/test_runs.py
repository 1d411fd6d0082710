"""Whole runs over the wire: both protocols, the real `ollama` and `openai` packages."""

import asyncio
import json
from contextlib import contextmanager

import pytest
from pydantic import BaseModel

from minions_core import Minion, Minions, TextDelta
from minions_core.clients import OllamaClient, OpenAIClient, OpenAICompatibleClient
from tests.wire import WireReply, WireServer

CONTEXT = """
Patient John Doe is a 60-year-old male with a history of hypertension.
In his latest checkup, his blood pressure was recorded at 160/100 mmHg, and he reported occasional
chest discomfort during physical activity. Recent laboratory results show that his LDL cholesterol
level is elevated at 170 mg/dL, while his HDL remains within the normal range.
"""
TASK = "Do blood pressure and LDL together suggest an increased cardiovascular risk?"
LDL = "LDL cholesterol\nlevel is elevated at 170 mg/dL"
PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    return [JobManifest(chunk=context[0], task='What is the LDL level?')]\n"
    "```"
)


def the_models(request):
    """Both models of both protocols: the local one knows the LDL, the remote one asks for it."""
    conversation = request.messages[0]["content"]
    if "You read one excerpt" in conversation:
        return json.dumps({"explanation": "Told.", "citation": LDL, "answer": "170 mg/dL"})
    if "You answer questions about the text below" in conversation:
        return f"170 mg/dL\nQuote: {LDL}"
    if len(request.messages) > 2:
        return "<answer>Yes, LDL is elevated at 170 mg/dL [1].</answer>"
    return PLAN if "prepare_jobs" in conversation else "<ask>What is the LDL level?</ask>"


@pytest.fixture
def serve(monkeypatch):
    """Serves a script where the clients look for their servers."""

    @contextmanager
    def served(script):
        with WireServer(script) as server:
            monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
            monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
            monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
            yield server

    return served


@pytest.fixture
def server(serve):
    with serve(the_models) as server:
        yield server


def is_right(result):
    (citation,) = result.citations
    return (
        "170 mg/dL [1]" in result.answer
        and citation.verified
        and CONTEXT[citation.start : citation.end] == LDL
    )


def test_the_minion_example_of_the_reference_implementation_runs(server):
    local_client = OllamaClient(
        model_name="llama3.2",
    )
    remote_client = OpenAIClient(
        model_name="gpt-4o",
    )
    minion = Minion(local_client, remote_client)
    output = minion(task=TASK, context=[CONTEXT], max_rounds=2)
    assert is_right(output)


def test_the_minions_example_of_the_reference_implementation_runs(server):
    class StructuredLocalOutput(BaseModel):
        explanation: str
        citation: str | None
        answer: str | None

    local_client = OllamaClient(
        model_name="llama3.2", temperature=0.0, structured_output_schema=StructuredLocalOutput
    )
    remote_client = OpenAIClient(
        model_name="gpt-4o",
    )
    minion = Minions(local_client, remote_client)
    output = minion(task=TASK, doc_metadata="Medical Report", context=[CONTEXT], max_rounds=2)
    assert is_right(output)


def engines(server):
    """Each protocol on each kind of local server."""
    remote = OpenAIClient(model_name="gpt-4o")
    for protocol in (Minion, Minions):
        yield protocol(OllamaClient(model_name="llama3.2"), remote)
        yield protocol(OpenAICompatibleClient("llama3.2", server.openai_url), remote)


@pytest.mark.parametrize("index", range(4))
def test_a_run_over_the_wire(server, index):
    assert is_right(list(engines(server))[index].run(TASK, CONTEXT))


@pytest.mark.parametrize("index", range(4))
async def test_an_asynchronous_run_over_the_wire(server, index):
    assert is_right(await list(engines(server))[index].arun(TASK, CONTEXT))


@pytest.mark.parametrize("index", range(4))
def test_a_streamed_run_over_the_wire(server, index):
    *events, last = list(engines(server))[index].stream(TASK, CONTEXT)
    streamed = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert streamed == last.result.answer
    assert is_right(last.result)


def test_an_engine_survives_one_event_loop_after_another(server):
    engine = next(engines(server))

    def in_a_new_loop():
        with asyncio.Runner() as runner:
            return runner.run(engine.arun(TASK, CONTEXT))

    assert is_right(in_a_new_loop())
    assert is_right(in_a_new_loop())


def test_usage_is_what_the_servers_told(server):
    ledger = next(engines(server)).run(TASK, CONTEXT).ledger
    told = [request for request in server.requests if request.body["model"] == "gpt-4o"]
    assert (ledger.remote.calls, ledger.remote.usage.estimated) == (len(told), False)


def test_all_local_calls_of_a_run_share_one_window(serve):
    plan = PLAN.replace(
        "[JobManifest(chunk=context[0], task='What is the LDL level?')]",
        "[JobManifest(c, 'LDL?') for c in chunk_by_paragraph(context[0], 120)]",
    )

    def many_jobs(request):
        reply = the_models(request)
        return plan if reply == PLAN else reply

    with serve(many_jobs) as server:
        Minions(OllamaClient(model_name="llama3.2"), OpenAIClient()).run(TASK, CONTEXT)
    local = [request.body for request in server.requests if "options" in request.body]
    assert len(local) > 2
    assert len({body["options"]["num_ctx"] for body in local}) == 1


def test_a_server_that_is_busy_once_is_asked_again(serve):
    busy = iter([WireReply("busy", status=503)])
    with serve(lambda request: next(busy, None) or the_models(request)) as server:
        assert is_right(next(engines(server)).run(TASK, CONTEXT))
