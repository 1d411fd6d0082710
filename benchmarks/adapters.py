"""What the adapters add: one run of 1,000 jobs on models that answer at once, by each way in.

The same plan, documents and replies go through the core, through LangChain's chat models and chain,
and through LlamaIndex's LLMs and query engine, blocking and on an event loop, with nobody watching
and with somebody who hears every event. Reports medians, and their ratio to the core's.

    python benchmarks/adapters.py
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from llama_index.core import Document as LlamaIndexDocument
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import ChatMessage, ChatResponse, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_chat_callback

from langchain_minions import MinionsChain
from llama_index_minions import MinionsQueryEngine
from minions_core import Minions, MinionsConfig
from minions_core.testing import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 1000
QUESTION = "What is of note?"
DOCUMENT = "\n\n".join(f"Paragraph {n} holds nothing of note." for n in range(JOBS))
CONFIG = MinionsConfig(max_jobs_per_round=JOBS, local_concurrency=16)
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [JobManifest(chunk=c, task="What is of note?") for c in context[0].split("\\n\\n")]
```"""
NOTHING = '{"explanation": null, "citation": null, "answer": null}'
ANSWER = "<answer>Nothing was found.</answer>"

Way = tuple[Callable[[], object], Callable[[], Awaitable[object]]]


def said(role: str, turns: int) -> str:
    """What a model says: of the remote one it depends on how much was said before."""
    if role == "local":
        return NOTHING
    return PLAN if turns < 3 else ANSWER


class ChatModel(BaseChatModel):
    """The models, as LangChain has them."""

    role: str

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        message = AIMessage(said(self.role, len(messages)))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(self, messages: list[BaseMessage], *a: Any, **kw: Any) -> ChatResult:
        return self._generate(messages)


class Llm(CustomLLM):
    """The models, as LlamaIndex has them."""

    role: str

    @property
    def metadata(self) -> LLMMetadata:
        """Nothing of note."""
        return LLMMetadata(is_chat_model=True)

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer, blocking."""
        return self._said(messages)

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer on the event loop."""
        return self._said(messages)

    def _said(self, messages: Sequence[ChatMessage]) -> ChatResponse:
        text = said(self.role, len(messages))
        return ChatResponse(message=ChatMessage(role="assistant", content=text))

    def complete(self, *args: Any, **kwargs: Any) -> Any:
        """Never asked to."""
        raise NotImplementedError

    stream_complete = complete


class Watching(BaseCallbackHandler):
    """Hears every event of LangChain's, and does nothing."""


class Listening(BaseEventHandler):
    """Hears every event of LlamaIndex's, and does nothing."""

    def handle(self, event: Any, **kwargs: Any) -> None:
        """Do nothing."""


@contextmanager
def listening() -> Iterator[None]:
    """With somebody who hears LlamaIndex's events."""
    handler, root = Listening(), get_dispatcher()
    root.add_event_handler(handler)
    try:
        yield
    finally:
        root.event_handlers.remove(handler)


def core() -> Way:
    """The core by itself."""
    models = [
        ScriptedModel(lambda ask, role=role: said(role, len(ask.messages)), name=role)
        for role in ("local", "remote")
    ]
    engine = Minions(*models, config=CONFIG)
    return lambda: engine.run(QUESTION, DOCUMENT), lambda: engine.arun(QUESTION, DOCUMENT)


def langchain(*callbacks: BaseCallbackHandler) -> Way:
    """The chain."""
    chain = MinionsChain(ChatModel(role="local"), ChatModel(role="remote"), settings=CONFIG)
    given, config = {"task": QUESTION, "context": DOCUMENT}, {"callbacks": list(callbacks)}
    return lambda: chain.invoke(given, config), lambda: chain.ainvoke(given, config)


def llama_index() -> Way:
    """The query engine."""
    engine = MinionsQueryEngine.from_documents(
        [LlamaIndexDocument(text=DOCUMENT)],
        local=Llm(role="local"),
        remote=Llm(role="remote"),
        settings=CONFIG,
    )
    return lambda: engine.query(QUESTION), lambda: engine.aquery(QUESTION)


def medians(way: Way, runs: int) -> tuple[float, float]:
    """Seconds a run takes, blocking and on an event loop."""
    blocking, waiting = [], []
    for _ in range(runs):
        began = time.perf_counter()
        way[0]()
        blocking.append(time.perf_counter() - began)
        with asyncio.Runner() as runner:
            began = time.perf_counter()
            runner.run(_awaited(way[1]))
            waiting.append(time.perf_counter() - began)
    return statistics.median(blocking), statistics.median(waiting)


async def _awaited(make: Callable[[], Awaitable[object]]) -> None:
    await make()


def main() -> None:
    """Time every way in and print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    base = medians(core(), runs)
    rows = {
        "core": base,
        "LangChain": medians(langchain(), runs),
        "LangChain, watched": medians(langchain(Watching()), runs),
        "LlamaIndex": medians(llama_index(), runs),
    }
    with listening():
        rows["LlamaIndex, watched"] = medians(llama_index(), runs)
    print(f"{JOBS:,} jobs, no latency{'blocking':>22}{'asynchronous':>22}")
    for name, times in rows.items():
        told = (f"{t:.2f} s ({t / first:.1f} x)" for t, first in zip(times, base, strict=True))
        print(f"  {name:22}" + "".join(f"{text:>22}" for text in told))


if __name__ == "__main__":
    main()
