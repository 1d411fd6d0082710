"""MinionS and Minion as LangChain runnables."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from langchain_minions._engines import Protocol
from langchain_minions._protocol_chain import ProtocolChain
from minions_core.config import MinionConfig, MinionsConfig, Planner


class MinionsChain(ProtocolChain):
    """MinionS: a small local model reads long documents for a large remote one, as a runnable.

    The remote model writes a plan, the local model does its jobs chunk by chunk, and the remote
    model answers from what they found: the documents stay on the machine, and every claim carries
    a citation that was checked (arXiv 2502.15964, section 5).

        chain = MinionsChain(ChatOllama(model="llama3.2"), ChatOpenAI(model="gpt-4o"))
        output = chain.invoke({"task": "What was capital expenditure in 2023?", "context": docs})
        output["answer"]                        # "Capital expenditure was $1.2 billion [1]."
        output["documents"][0].page_content     # the sentence it stands on
        output["usage"]["saving"]               # US dollars, against sending everything

    `chain.pick("answer")` is the answer alone, for pipes. Batches and single runs keep to
    `max_concurrency` local calls at once if the config names one, else to the settings'. In traces
    every model call is a child run of the chain's, named after role and job.

    Args:
        local: the model beside the data: a chat model, a runnable over one (`.bind()`,
            `.with_retry()`, `.with_fallbacks()`), a core `Model`, or a name for `init_chat_model`.
            A `ChatOllama` without `num_ctx` is given the window a run needs, in a copy.
        remote: the model paid by the token; the same kinds.
        settings: the protocol's settings.
        max_rounds: replaces `settings.max_rounds`.
        context: what to read where an input brings no `context`; with it, `invoke` takes the
            question alone.

    The input is a dict with the question as `task` (or `question`, `input`, `query`), the text as
    `context` (a string, a LangChain or core document, or a list of them), and `doc_metadata`, what
    the remote model should know about the documents. Give documents as they were loaded: pages of
    one source that follow each other are read as one document, and those need no splitter. Further
    keys are left alone, so that pipes may carry theirs; but a `chat_history` is refused while the
    protocols cannot take one. See `ChainOutput` for the output.
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
    documents (arXiv 2502.15964, section 4). For text that fits the local model's window; see
    `MinionConfig.overflow` for text that does not. Arguments, input and output are those of
    `MinionsChain`, but `settings` is a `MinionConfig`.

        chain = MinionChain(ChatOllama(model="llama3.2"), ChatOpenAI(model="gpt-4o"))
        chain.invoke({"question": "Why was the treatment changed?", "context": record})["answer"]
    """

    settings: MinionConfig = Field(default_factory=MinionConfig)
    overflow: Literal["error", "search"] | None = None

    _protocol: ClassVar[Protocol] = "minion"
    _in_place_of_settings: ClassVar[tuple[str, ...]] = ("max_rounds", "privacy", "overflow")
