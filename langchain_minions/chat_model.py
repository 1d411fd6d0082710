"""MinionS and Minion as a chat model."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, closing
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from langchain_minions._chat.children import Call, call_of
from langchain_minions._chat.closing import bound, refuse_options
from langchain_minions._chat.composite import CompositeChatModel, Tool, in_openai_form
from langchain_minions._chat.conversation import understood
from langchain_minions._chat.exchange import Exchange
from langchain_minions._chat.identity import opened
from minions_core.messages import estimate_tokens

if TYPE_CHECKING:
    from langchain_minions._chat.fields import ChatFields

_FOR_TRACES = ("ls_structured_output_format", "structured_output_format")
_NOT_FOR_MODELS = ("context", "tools", "stream")


class ChatMinions(CompositeChatModel):
    r"""MinionS or Minion as a chat model: long texts are read on the machine, and not sent.

    For code that wants a chat model: agents, graphs, chains of LangChain's. What is long is read by
    the local model, what is short goes to the remote one. Text to read is the model's `context`,
    one that is bound (`chat.bind(context=docs)`), documents in content blocks, and any text of a
    message that is longer than `long_text_tokens`. The last human message is the question, earlier
    ones and their answers are what was said before. Where nothing is to be read, the remote model
    is asked as if it were alone, pictures and all.

    Of a long message that holds both, the question is what a label (`Question:`), a question mark
    or a request ("Summarise ...") shows at its end or beginning; where nothing does, it is refused,
    so that no line of a text is sent for a question. Of a system message all is instructions, but
    what a label (`Context:`) or a tag shows to be a text, or if it addresses nobody.

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
        remote: the model paid by the token; the same kinds. For tools and structured output a chat
            model that takes tools.
        protocol: `minions` (plans and jobs) or `minion` (a chat of the two models).
        settings: the protocol's settings, a `minions_core.MinionsConfig` or `MinionConfig`, without
            an `output_schema` (see structured output below). Its budget is that of a run and its
            last word, which is not asked for if it would not fit: `BudgetExceeded`, with the answer
            of the run in `partial`. Calls without a run are not held to it. All calls keep to
            `max_retries` and `remote_concurrency`; a stream keeps its place until it is closed.
        max_rounds, privacy: replace those of the settings.
        context: text to read for every question: a string, a LangChain or core document, or a list
            of them. A bound one takes its place.
        long_text_tokens: the longest text of a message, by estimate, that the remote model sees.
        journal: a file (or `minions_core.Journal`) that keeps every reply of a run.
        stop: strings that end an answer where a call names none.
        trace_calls: whether the calls of the models are child runs. If not, the answer counts as
            a call of one model, named after both (`llama3.2+gpt-4o`), for counters of usage.

        A field that is not known is an error. Only `api_key`, `max_retries`, `max_tokens`,
        `temperature` and `timeout`, which some code gives to any chat model, are left out with a
        warning: they are for the models within.

    Instantiate:
        ```python
        from langchain_minions import ChatMinions
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        chat = ChatMinions(local=ChatOllama(model="llama3.2"), remote=ChatOpenAI(model="gpt-4o"))
        ```

    Invoke:
        ```python
        question = "What was capital expenditure in 2023?"
        answer = chat.bind(context=docs).invoke(question)
        answer.content  # "It was 1,577 million [1]."
        answer.usage_metadata  # tokens of both models together
        answer.response_metadata["minions"]["citations"][0]["quote"]  # the sentence it stands on
        answer.response_metadata["minions"]["saving"]  # US dollars, against sending everything

        report = "\n\n".join(document.page_content for document in docs)
        chat.invoke([("system", "Answer in one sentence."), ("human", f"{report}\n\n{question}")])
        ```

        Give answers back with the messages of the next question: the evidence in their
        `response_metadata` can be cited again without being read again.

    Stream:
        ```python
        for chunk in chat.bind(context=docs).stream(question):
            chunk.content  # a piece of the answer; the last chunk has usage and record
        ```

        Should a run end with another answer than the one it began to stream, as when a limit is
        reached, that one follows after a blank line. With a `redactor` in the settings, answers to
        direct calls and last words come in one piece.

    Async:
        ```python
        answer = await chat.bind(context=docs).ainvoke(question)

        async for event in chat.bind(context=docs).astream_events(question, version="v2"):
            event["name"]  # "ChatMinions", "local_job_1", "minions_job_finished" ...
        ```

    Tool calling and structured output:
        ```python
        from pydantic import BaseModel


        class Spending(BaseModel):
            amount: int
            year: int


        chat.bind_tools([Spending]).bind(context=docs).invoke(question).tool_calls
        chat.with_structured_output(Spending).bind(context=docs).invoke(question)
        ```

        Both are the remote model's. Where there is text to read, it is read first; then the remote
        model is called once more, with the conversation, the tools, and what was found. In the
        loop of an agent nothing is read again, as long as no new text comes; a tool that answers
        with a long text has a run read them all. Bind a context to the chat model, before or after
        tools and forms, and not to a chain around it: LangChain gives that to its first step.

    Further arguments of a call (`temperature`, `model` ...) go to the remote model: to its last
    word where there is one, else to all its calls. In traces every model call is a child run of
    the chat model's, named after role and job, tagged `minions:local` or `minions:remote`, and
    `nostream`, so that LangGraph streams the answer only. See `MinionsChain` for custom events and
    `max_concurrency`.

    Raises:
        UsageError: there is no question, or something to be read is not text.
        MinionsError: a run, a direct call or a last word came to nothing; `partial` holds what
            there is of a run, and `__cause__` what the model raised.
    """

    def __init__(self, local: Any, remote: Any, **fields: Unpack[ChatFields]) -> None:
        super().__init__(local, remote, **fields)

    def bind_tools(
        self,
        tools: Sequence[Tool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools, for the remote model to call in its last word.

        Args:
            tools: in any form LangChain knows.
            tool_choice: which of them must be called, as the remote model's `bind_tools` takes it.
            **kwargs: further arguments for that.

        Raises:
            UsageError: the remote model takes no tools.
        """
        chosen = {} if tool_choice is None else {"tool_choice": tool_choice}
        options = {key: kwargs[key] for key in kwargs.keys() - set(_FOR_TRACES)}
        known = [in_openai_form(tool) for tool in tools]
        refuse_options(self.remote, ["tools"])
        # What the remote model refuses is refused now, and not in the middle of a conversation.
        bound(self.remote, tools=known, options={**chosen, **options})
        return self.bind(tools=known, **chosen, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = call_of(self).under(run_manager)
        return _result(self._exchange(messages, stop, call, kwargs).answer())

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = call_of(self).under(run_manager)
        exchange = await asyncio.to_thread(self._exchange, messages, stop, call, kwargs)
        return _result(await exchange.aanswer())

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        # The call is looked up here and now: a generator would begin at another time.
        call = call_of(self).under(run_manager)
        return _chunks(partial(self._exchange, messages, stop, call, kwargs))

    def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        call = call_of(self).under(run_manager)
        chunks = _achunks(partial(self._exchange, messages, stop, call, kwargs))
        call.streams.append(chunks)
        return chunks

    def _exchange(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        call: Call,
        given: Mapping[str, Any],
    ) -> Exchange:
        options = {name: given[name] for name in given.keys() - set(_NOT_FOR_MODELS)}
        tools = [in_openai_form(tool) for tool in given.get("tools") or ()]
        refuse_options(self.remote, [*options, *(["tools"] if tools else [])])
        context = opened(given.get("context"))
        return Exchange(
            conversation=understood(
                messages,
                context=self.context if context is None else context,
                is_long=self._is_long,
            ),
            engines=self._engines,
            call=call,
            tools=tools,
            options=options,
            stop=(self.stop if stop is None else stop) or (),
            is_traced=self.trace_calls,
        )

    def _is_long(self, text: str) -> bool:
        return estimate_tokens(text) > self.long_text_tokens


def _result(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _chunks(begin: Callable[[], Exchange]) -> Generator[ChatGenerationChunk]:
    with closing(begin().pieces()) as pieces:
        for piece in pieces:
            yield ChatGenerationChunk(message=piece)


async def _achunks(begin: Callable[[], Exchange]) -> AsyncGenerator[ChatGenerationChunk]:
    exchange = await asyncio.to_thread(begin)
    async with aclosing(exchange.apieces()) as pieces:
        async for piece in pieces:
            yield ChatGenerationChunk(message=piece)
