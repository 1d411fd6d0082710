"""An LLM that follows a script, and the scripts of a small but whole run."""

import json
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from typing import Any

from llama_index.core.llms import (
    LLM,
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CustomLLM,
    LLMMetadata,
)
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from pydantic import PrivateAttr

Script = Callable[[Sequence[ChatMessage]], str]

_PIECE_CHARS = 9


class ScriptedLLM(LLM):
    """Says what a function of the messages tells it to, with native sync, async and streaming.

    Each call reports 100 prompt tokens, 10 of them cached, and 20 completion tokens in `raw`.
    """

    model: str = "scripted"
    window: int = 8192
    finish: str = "stop"
    _script: Script = PrivateAttr()
    _asked: list[tuple[str, Sequence[ChatMessage], dict[str, Any]]] = PrivateAttr(
        default_factory=list
    )
    _threads: list[int] = PrivateAttr(default_factory=list)

    def __init__(self, script: Script, **data: Any) -> None:
        super().__init__(**data)
        self._script = script

    @property
    def asked(self) -> list[tuple[str, Sequence[ChatMessage], dict[str, Any]]]:
        """Method, messages and further arguments of every call."""
        return self._asked

    @property
    def threads(self) -> list[int]:
        """The thread of every call."""
        return self._threads

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.window, model_name=self.model, is_chat_model=True)

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return self._whole("chat", messages, kwargs)

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return self._whole("achat", messages, kwargs)

    @llm_chat_callback()
    def stream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        def parts() -> Generator[ChatResponse, None, None]:
            yield from _parts(self._whole("stream_chat", messages, kwargs))

        return parts()

    @llm_chat_callback()
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> AsyncGenerator[ChatResponse, None]:
        async def parts() -> AsyncGenerator[ChatResponse, None]:
            for part in _parts(self._whole("astream_chat", messages, kwargs)):
                yield part

        return parts()

    def complete(self, prompt: str, *args: Any, **kwargs: Any) -> CompletionResponse:
        raise NotImplementedError

    async def acomplete(self, prompt: str, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def stream_complete(self, prompt: str, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    async def astream_complete(self, prompt: str, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _whole(
        self, method: str, messages: Sequence[ChatMessage], kwargs: dict[str, Any]
    ) -> ChatResponse:
        self._asked.append((method, messages, kwargs))
        self._threads.append(threading.get_ident())
        usage = {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "prompt_tokens_details": {"cached_tokens": 10},
        }
        raw = {"model": self.model, "usage": usage, "done_reason": self.finish}
        message = ChatMessage(role="assistant", content=self._script(messages))
        return ChatResponse(message=message, raw=raw)


class BlockingLLM(CustomLLM):
    """An LLM that knows only how to complete, and to block meanwhile."""

    text: str = "done"
    _threads: list[int] = PrivateAttr(default_factory=list)

    @property
    def threads(self) -> list[int]:
        """The thread of every call."""
        return self._threads

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata()

    @llm_completion_callback()
    def complete(self, prompt: str, *args: Any, **kwargs: Any) -> CompletionResponse:
        self._threads.append(threading.get_ident())
        return CompletionResponse(text=self.text)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, *args: Any, **kwargs: Any
    ) -> Generator[CompletionResponse, None, None]:
        def parts() -> Generator[CompletionResponse, None, None]:
            self._threads.append(threading.get_ident())
            for end in range(1, len(self.text) + 1):
                yield CompletionResponse(text=self.text[:end], delta=self.text[end - 1])

        return parts()


def _parts(whole: ChatResponse) -> Generator[ChatResponse, None, None]:
    text = whole.message.content or ""
    for start in range(0, len(text), _PIECE_CHARS):
        piece = text[start : start + _PIECE_CHARS]
        message = ChatMessage(role="assistant", content=text[: start + _PIECE_CHARS])
        yield ChatResponse(message=message, delta=piece, raw={"usage": None})
    yield ChatResponse(message=whole.message, delta="", raw=whole.raw)


QUESTION = "What was capital expenditure in 2023?"
QUOTE = "Capital expenditure was $1,749 million in 2023."
REPORT = (
    "# Overview\n\nThe company makes tape and abrasives for industry all over the world.\n\n"
    f"# Cash flows\n\nOperations brought in more than the year before. {QUOTE}\n\n"
    "# Outlook\n\nManagement expects another year of modest growth.\n"
)
OTHER = "# Letter\n\nDear shareholders, this year we opened two plants and closed none.\n"
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [
        JobManifest(chunk=c, task="Extract capital expenditure for 2023.", advice="")
        for d in context for c in chunk_by_section(d)
    ]
```"""
ANSWER = "Capital expenditure was $1,749 million. [1]"


def supervise(texts: Sequence[str]) -> str:
    """The remote side of MinionS: a plan first, then an answer."""
    return PLAN if len(texts) < 3 else f"<answer>{ANSWER}</answer>"


def question(texts: Sequence[str]) -> str:
    """The remote side of Minion: one question first, then an answer."""
    asking = "<ask>What does the text say about capital expenditure in 2023?</ask>"
    return asking if len(texts) < 3 else f"<answer>{ANSWER}</answer>"


def read(texts: Sequence[str]) -> str:
    """The local side of MinionS: the quote where the excerpt has it, else null."""
    seen = QUOTE in "\n".join(texts)
    found = {"explanation": "It says so.", "citation": QUOTE, "answer": "$1,749 million"}
    return json.dumps(found if seen else dict.fromkeys(found))


def reply(texts: Sequence[str]) -> str:
    """The local side of Minion."""
    return f"$1,749 million.\nQuote: {QUOTE}"


def _of_messages(say: Callable[[Sequence[str]], str]) -> Script:
    return lambda messages: say([message.content or "" for message in messages])


def supervisor(**data: Any) -> ScriptedLLM:
    """A remote LLM for MinionS."""
    return ScriptedLLM(_of_messages(supervise), model="gpt-4o", **data)


def worker(**data: Any) -> ScriptedLLM:
    """A local LLM for MinionS."""
    return ScriptedLLM(_of_messages(read), model="llama3.2", **data)


def questioner(**data: Any) -> ScriptedLLM:
    """A remote LLM for Minion."""
    return ScriptedLLM(_of_messages(question), model="gpt-4o", **data)


def reader(**data: Any) -> ScriptedLLM:
    """A local LLM for Minion."""
    return ScriptedLLM(_of_messages(reply), model="llama3.2", **data)


def answering(answer: str, *, after: str, **data: Any) -> ScriptedLLM:
    """A remote LLM for either protocol: it says `after` once, then it answers."""

    def say(texts: Sequence[str]) -> str:
        return after if len(texts) < 3 else f"<answer>{answer}</answer>"

    return ScriptedLLM(_of_messages(say), model="gpt-4o", **data)


def answerer(answer: str = ANSWER, **data: Any) -> ScriptedLLM:
    """An LLM for core's own classes: it answers at once, whatever it is asked."""
    return ScriptedLLM(lambda _: answer, model="gpt-4o", **data)
