"""MinionS and Minion as LangChain runnables."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._runs.engines import Protocol
from minions_core.config import MinionConfig, MinionsConfig, Planner


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
            chunk.get("status")  # "thinking", "reading", "thinking", "answered"
            chunk.get("evidence")  # what a round found, before the answer
            chunk.get("answer")  # a piece of it
        ```

    Async:
        ```python
        output = await chain.ainvoke({"task": question, "context": docs})

        async for event in chain.astream_events({"task": question, "context": docs}):
            event["name"]  # "local_job_1", "remote_plan_1", "minions_job_finished" ...
        ```

    In traces every model call is a child run of the chain's, named after role and job and tagged
    `minions:local` or `minions:remote`; what happens between them is told by custom events. Batches
    and single runs keep to `max_concurrency` local calls at once if the config names one, else to
    the settings' `local_concurrency`.
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
