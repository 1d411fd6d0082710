"""Whole runs over the wire: both protocols, the real `ollama` and `openai` packages."""

import asyncio
import json
from contextlib import aclosing, closing, contextmanager

import pytest
from pydantic import BaseModel

from minions_core import Minion, Minions, TextDelta
from minions_core.clients import OllamaClient, OpenAIClient, OpenAICompatibleClient
from minions_core.errors import ModelUnavailable
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
    """Each protocol on each kind of local server, and with a remote model of each kind."""
    local, remote = OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o")
    for protocol in (Minion, Minions):
        yield protocol(local, remote)
        yield protocol(OpenAICompatibleClient("llama3.2", server.openai_url), remote)
        yield protocol(local, OllamaClient(model_name="gpt-oss:120b"))


every_engine = pytest.mark.parametrize("index", range(6))


@every_engine
def test_a_run_over_the_wire(server, index):
    assert is_right(list(engines(server))[index].run(TASK, CONTEXT))


@every_engine
async def test_an_asynchronous_run_over_the_wire(server, index):
    assert is_right(await list(engines(server))[index].arun(TASK, CONTEXT))


@every_engine
def test_a_streamed_run_over_the_wire(server, index):
    *events, last = list(engines(server))[index].stream(TASK, CONTEXT)
    streamed = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert streamed == last.result.answer
    assert is_right(last.result)


@every_engine
async def test_an_asynchronous_streamed_run_over_the_wire(server, index):
    engine = list(engines(server))[index]
    *events, last = [event async for event in engine.astream(TASK, CONTEXT)]
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


ENDLESS = f"<answer>Yes, LDL is elevated at 170 mg/dL [1].{' And so on.' * 40_000}</answer>"


def never_ends(request):
    """A remote model whose answer nobody hears to the end."""
    reply = the_models(request)
    return ENDLESS if reply.startswith("<answer>") else reply


@pytest.mark.parametrize("index", [0, 2])
def test_a_stream_that_is_closed_hangs_up(serve, index):
    with serve(never_ends) as server:
        with closing(list(engines(server))[index].stream(TASK, CONTEXT)) as events:
            next(event for event in events if isinstance(event, TextDelta))
        assert server.is_idle()
        assert server.hung_up == 1


@pytest.mark.parametrize("index", [0, 2])
async def test_an_asynchronous_stream_that_is_closed_hangs_up(serve, index):
    with serve(never_ends) as server:
        async with aclosing(list(engines(server))[index].astream(TASK, CONTEXT)) as events:
            await anext(event async for event in events if isinstance(event, TextDelta))
        assert await asyncio.to_thread(server.is_idle)
        assert server.hung_up == 1


def test_a_server_that_refuses_schemas_is_asked_freely(serve):
    def refuse(request):
        refused = WireReply("grammar is not supported", status=400)
        return refused if request.schema else the_models(request)

    with serve(refuse) as server:
        assert is_right(Minions(OllamaClient("llama3.2"), OpenAIClient()).run(TASK, CONTEXT))
        refused = [request for request in server.requests if request.schema]
    assert len(refused) == 1


def test_chunks_are_cut_to_a_window_of_the_users_choice(serve):
    with serve(the_models) as server:
        local = OllamaClient("llama3.2", num_ctx=2048)
        result = Minions(local, OpenAIClient()).run(TASK, CONTEXT + "It goes on. " * 1000)
        sizes = {request.body["options"]["num_ctx"] for request in local_calls(server)}
    assert sizes == {2048}
    assert {job.status for job in result.rounds[0].jobs} == {"answered"}
    assert len(result.rounds[0].jobs) > 2


def local_calls(server):
    return [request for request in server.requests if request.model == "llama3.2"]


def test_a_server_that_is_not_there_ends_the_run_with_what_to_do(serve):
    with serve(the_models) as server, WireServer("42") as gone:
        local = OllamaClient("llama3.2", num_ctx=8192, base_url=gone.ollama_url)
        gone.close()
        with pytest.raises(ModelUnavailable, match="start it with `ollama serve`"):
            Minions(local, OpenAIClient()).run(TASK, CONTEXT)
        assert len(server.requests) == 1
