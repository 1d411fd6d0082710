"""MinionS and Minion as LangChain runnables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict, Unpack

from pydantic import Field

from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._runs.engines import Protocol
from minions_core.config import MinionConfig, MinionsConfig, Planner, Privacy

if TYPE_CHECKING:
    import os

    from minions_core.journal import Journal


class ChainFields(TypedDict, total=False):
    """What both chains take beside their models; see `MinionsChain`."""

    name: str | None
    max_rounds: int | None
    privacy: Privacy | None
    context: Any
    journal: Journal | str | os.PathLike[str] | None


class MinionsFields(ChainFields, total=False):
    """What `MinionsChain` takes beside its models."""

    settings: MinionsConfig
    planner: Planner | None
    preview: int | None


class MinionFields(ChainFields, total=False):
    """What `MinionChain` takes beside its models."""

    settings: MinionConfig
    overflow: Literal["error", "search"] | None


class MinionsChain(ProtocolChain):
    """MinionS: a small local model reads long documents for a large remote one, as a runnable.

    The remote model writes a plan, the local model does its jobs chunk by chunk, and the remote
    model answers from what they found: the documents stay on the machine, and every claim carries
    a citation that was checked (arXiv 2502.15964, section 5).

    Setup:
        Any two chat models will do, here one of Ollama and one of OpenAI.

        ```console
        $ pip install 'minions-integrations[langchain]' langchain-ollama langchain-openai
        $ ollama pull llama3.2
        $ export OPENAI_API_KEY=...
        ```

    Key init args:
        local: the model beside the data: a chat model, a runnable over one (`.bind()`,
            `.with_retry()`, `.with_fallbacks()`, `.configurable_alternatives()`), a client of
            `minions_core`, or a name for `init_chat_model`. A `ChatOllama` without `num_ctx` is
            given the window a run needs, in a copy.
        remote: the model paid by the token; the same kinds.
        settings: the protocol's settings, a `minions_core.MinionsConfig`.
        max_rounds, privacy, planner, preview: replace those of the settings; made for
            `.configurable_fields()`.
        context: what to read where an input brings no `context`.
        journal: a file (or `minions_core.Journal`) that keeps every reply, so that a run broken
            off can be repeated without paying again.

    Instantiate:
        ```python
        from langchain_minions import MinionsChain
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        chain = MinionsChain(local=ChatOllama(model="llama3.2"), remote=ChatOpenAI(model="gpt-4o"))
        ```

    Invoke:
        ```python
        question = "What was capital expenditure in 2023?"
        output = chain.invoke({"task": question, "context": docs})
        output["answer"]  # "It was 1,577 million [1]."
        output["documents"][0].page_content  # the sentence it stands on
        output["usage"]["saving"]  # US dollars, against sending everything
        ```

        The input is a dict with the question as `task` (or `question`, `input`, `query`), the text
        as `context` (a string, a LangChain or core document, or a list of them), `doc_metadata`,
        what the remote model should know about the documents, and `chat_history`, messages or
        earlier outputs. Give documents as they were loaded: pages of one source that follow each
        other are read as one document, and those need no splitter. Further keys are left alone, so
        that pipes may carry theirs. A chain with a context takes the question alone, too. See
        `ChainOutput` for the output; `chain.pick("answer")` is the answer alone, for pipes.

    Stream:
        ```python
        for chunk in chain.stream({"task": question, "context": docs}):
            chunk.get("status")  # "reading", "thinking", "answered"
            chunk.get("evidence")  # what a round found, before the answer
            chunk.get("answer")  # a piece of it
        ```

        Pieces may be taken back: the remote model breaks off and is asked again, or goes on to a
        plan. Chunks added up are right then, too; printed pieces are not. Nothing is told before
        the remote model's first reply, so until then `.with_fallbacks()` takes over a stream.

    Async:
        ```python
        output = await chain.ainvoke({"task": question, "context": docs})

        async for event in chain.astream_events({"task": question, "context": docs}):
            event["name"]  # "local_job_1", "remote_plan_1", "minions_job_finished" ...
        ```

    In traces every model call is a child run of the chain's, named after role and job and tagged
    `minions:local` or `minions:remote`; what happens between them is told by custom events. A
    tracer sees what it is shown: the documents in the input, and the chunks in the local calls.

    `max_concurrency` of a config, or else the settings' `local_concurrency`, limits the local calls
    at once, of a batch as of a single run: all runs of a chain with the same limit share it.

    What goes into the state of a LangGraph graph is kept by its checkpointer: keep `answer`,
    `status` and `documents` there, and `result.to_json()` rather than `result`.
    """

    settings: MinionsConfig = Field(default_factory=MinionsConfig)
    planner: Planner | None = None
    preview: int | None = Field(default=None, ge=0)

    _protocol: ClassVar[Protocol] = "minions"
    _in_place_of_settings: ClassVar[tuple[str, ...]] = (
        "max_rounds",
        "privacy",
        "planner",
        "preview",
    )

    def __init__(self, local: Any, remote: Any, **fields: Unpack[MinionsFields]) -> None:
        super().__init__(local, remote, **fields)


class MinionChain(ProtocolChain):
    """Minion: the local model reads the documents and chats with the remote one, as a runnable.

    The remote model asks one question a turn and answers when it knows enough; it never sees the
    documents (arXiv 2502.15964, section 4). For text that fits the local model's window.

    Setup, input, output, streams and traces are those of `MinionsChain`.

    Key init args:
        local, remote, context, journal: as for `MinionsChain`.
        settings: the protocol's settings, a `minions_core.MinionConfig`.
        max_rounds, privacy, overflow: replace those of the settings.

    Instantiate:
        ```python
        from langchain_minions import MinionChain
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        chain = MinionChain(local=ChatOllama(model="llama3.2"), remote=ChatOpenAI(model="gpt-4o"))
        ```

    Invoke:
        ```python
        question = "What was capital expenditure in 2023?"
        chain.invoke({"question": question, "context": docs})["answer"]
        ```

    Stream:
        ```python
        for piece in chain.pick("answer").stream({"question": question, "context": docs}):
            print(piece, end="", flush=True)
        ```

    Async:
        ```python
        output = await chain.ainvoke({"question": question, "context": docs})
        ```
    """

    settings: MinionConfig = Field(default_factory=MinionConfig)
    overflow: Literal["error", "search"] | None = None

    _protocol: ClassVar[Protocol] = "minion"
    _in_place_of_settings: ClassVar[tuple[str, ...]] = ("max_rounds", "privacy", "overflow")

    def __init__(self, local: Any, remote: Any, **fields: Unpack[MinionFields]) -> None:
        super().__init__(local, remote, **fields)
