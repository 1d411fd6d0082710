"""Caches and traces tell one chat model from another, and are shown no text and no key."""

import os
import re

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.documents import Document
from langchain_core.runnables import ConfigurableField, RunnableLambda
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from langchain_minions._chat.identity import digest
from langchain_minions.chat_model import ChatMinions
from minions_core import Budget, MinionConfig, MinionsConfig
from minions_core import Document as CoreDocument
from minions_core.clients import OllamaClient, OpenAIClient
from minions_core.redaction import PatternRedactor
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, REPORT, Runs, ScriptedChat, reads, tells
from tests.langchain.scripted_tools import CallingChat, chat, reading_chat, supervises

KEY = "sk-not-to-be-seen"
FIELDS = {
    "local": ScriptedChat(script=reads, model="another"),
    "remote": CallingChat(script=supervises, model="another"),
    "protocol": "minion",
    "settings": MinionsConfig(max_evidence_tokens=1000),
    "max_rounds": 2,
    "privacy": "answers",
    "context": REPORT,
    "long_text_tokens": 7,
    "stop": ["END"],
    "trace_calls": False,
    "output_version": "v1",
}
SETTINGS = {
    "max_rounds": 2,
    "local_concurrency": 2,
    "remote_concurrency": 2,
    "max_retries": 2,
    "max_reply_tokens": 100,
    "budget": Budget(jobs=3),
    "price_as": "gpt-4o",
    "privacy": "answers",
    "redactor": PatternRedactor(),
    "prompts": {"minions_worker": "Read one excerpt and do one task with it."},
    "planner": "json",
    "preview": 100,
    "max_jobs_per_round": 9,
    "max_tasks_per_round": 9,
    "samples": 3,
    "max_samples": 9,
    "max_plan_repairs": 1,
    "max_chunk_tokens": 999,
    "max_evidence_tokens": 999,
    "worker_output": type("Output", (BaseModel,), {"__annotations__": {"answer": str}}),
    "plan_seconds": 1,
    "plan_memory_mb": 64,
}
REFUSED = {"output_schema"}
UNTOLD = {"shared", "journal", "streaming", "rate_limiter", "cache", "callbacks", "verbose"}
UNTOLD |= {"tags", "metadata", "name", "custom_get_token_ids", "disable_streaming", "profile"}


def key(model, **kwargs):
    return model._get_llm_string(**kwargs)


def ollama(**fields):
    return ChatOllama(**{"model": "llama3.2", **fields})


def openai(**fields):
    return ChatOpenAI(**{"model": "gpt-4o", "api_key": KEY, **fields})


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_that_makes_an_answer_is_part_of_the_key(field):
    assert key(chat(**{field: FIELDS[field]})) != key(chat())


def test_no_field_is_forgotten():
    assert set(ChatMinions.model_fields) - UNTOLD == set(FIELDS)


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_every_setting_is_part_of_the_key(setting):
    changed = MinionsConfig(**{"preview": 0, setting: SETTINGS[setting]})
    plain = key(chat(settings=MinionsConfig(), max_rounds=None))
    assert key(chat(settings=changed, max_rounds=None)) != plain


def test_no_setting_is_forgotten():
    assert set(MinionsConfig.model_fields) - REFUSED == set(SETTINGS)


def test_settings_of_the_other_protocol_are_part_of_the_key():
    some, other = MinionConfig(overflow="search"), MinionConfig()
    one = chat(protocol="minion", settings=some)
    assert key(one) != key(chat(protocol="minion", settings=other))


REMOTES = [
    openai(),
    openai(temperature=0.5),
    openai(base_url="http://localhost:1/v1"),
    openai(seed=1),
    openai(model="gpt-4o-mini"),
    openai().bind(temperature=0.5),
    openai().bind(temperature=0.7),
    openai().with_retry(stop_after_attempt=2),
    openai().with_retry(stop_after_attempt=5),
    openai().with_fallbacks([openai(seed=2)]),
    openai().with_fallbacks([openai(seed=3)]),
    openai().configurable_fields(temperature=ConfigurableField("heat")),
    ollama(),
    ollama(num_ctx=4096),
    ollama(temperature=0.5),
    ScriptedChat(script=reads),
    ScriptedChat(script=tells),
    RunnableLambda(reads),
    RunnableLambda(tells),
    RunnableLambda(lambda _: "one"),
    RunnableLambda(lambda _: "other"),
    OpenAIClient(model_name="gpt-4o", api_key=KEY),
    OpenAIClient(model_name="gpt-4o", api_key=KEY, temperature=0.5),
    OllamaClient(model_name="llama3.2"),
    OllamaClient(model_name="llama3.2", options={"top_p": 0.9}),
]


def test_models_that_differ_in_anything_have_keys_of_their_own():
    assert len({key(chat(remote=remote)) for remote in REMOTES}) == len(REMOTES)
    assert len({key(chat(local=local)) for local in REMOTES}) == len(REMOTES)


def test_models_made_alike_have_one_key():
    def make():
        return chat(local=ollama(temperature=0.5), remote=openai().with_retry())

    assert key(make()) == key(make())


def test_a_key_stays_the_same_when_a_model_was_used():
    model = reading_chat()
    before = key(model)
    model.invoke(QUESTION)
    assert key(model) == before


@pytest.mark.parametrize("remote", REMOTES)
def test_no_secret_is_part_of_a_key(remote):
    assert KEY not in key(chat(remote=remote))


def test_another_secret_is_no_other_model():
    one, other = openai(), openai(api_key="sk-other")
    assert key(chat(remote=one)) == key(chat(remote=other))
    one, other = OpenAIClient(api_key=KEY), OpenAIClient(api_key="sk-other")
    assert key(chat(remote=one)) == key(chat(remote=other))


def test_values_of_a_closure_are_told_apart():
    def speaking(word):
        return RunnableLambda(lambda _: word)

    assert digest(speaking("one")) != digest(speaking("other"))
    assert digest(speaking("one")) == digest(speaking("one"))


def test_a_name_that_is_bound_later_is_no_obstacle():
    def early():
        return later

    known = digest(early)
    later = 1
    assert digest(early) != known


def test_a_cache_knows_two_configurations_apart():
    cache = InMemoryCache()
    one, two = reading_chat(cache=cache), reading_chat(cache=cache, max_rounds=2)
    one.invoke(QUESTION)
    two.invoke(QUESTION)
    assert two.remote.asked


def test_a_cache_answers_what_was_asked_before():
    model = reading_chat(cache=InMemoryCache())
    first = model.invoke(QUESTION)
    calls = len(model.remote.asked)
    assert model.invoke(QUESTION).content == first.content == ANSWER
    assert len(model.remote.asked) == calls


async def test_a_cache_answers_without_blocking():
    model = reading_chat(cache=InMemoryCache())
    await model.ainvoke(QUESTION)
    calls = len(model.remote.asked)
    await model.ainvoke(QUESTION)
    assert len(model.remote.asked) == calls


def test_a_cache_knows_what_configurable_models_were_configured_to():
    heat = ConfigurableField("heat")
    local = ScriptedChat(script=reads).configurable_fields(model=heat)
    model = reading_chat(local=local, cache=InMemoryCache())
    model.invoke(QUESTION, {"configurable": {"heat": "low"}})
    answer = model.invoke(QUESTION, {"configurable": {"heat": "high"}})
    assert answer.response_metadata["minions"]["local"]["models"] == ["high"]


CONTEXTS = [
    REPORT,
    REPORT + ".",
    [REPORT],
    [REPORT, REPORT],
    Document(REPORT),
    Document(REPORT, metadata={"source": "a.txt"}),
    CoreDocument(REPORT),
    CoreDocument(REPORT, name="a.txt"),
]


def test_texts_that_differ_have_keys_of_their_own():
    assert len({key(chat(context=context)) for context in CONTEXTS}) == len(CONTEXTS)
    assert len({key(chat(), context=context) for context in CONTEXTS}) == len(CONTEXTS)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_bound_context_shows_in_keys_and_parameters_by_length_and_digest_only(context):
    for shown in (key(chat(), context=context), chat()._get_invocation_params(context=context)):
        assert "employees" not in str(shown)
        assert re.search(r"\d+ characters, digest [0-9a-f]{32}", str(shown))


class Everything(Runs):
    """Keeps all that callbacks are told at the start."""

    def on_chat_model_start(self, serialized, messages, **kwargs):
        self.told = [*getattr(self, "told", []), (serialized, messages, kwargs)]


@pytest.mark.parametrize("call", ["invoke", "stream"])
@pytest.mark.parametrize("bound", [True, False])
def test_callbacks_of_the_chat_model_are_not_shown_its_context(call, bound):
    watcher = Everything()
    model = chat().bind(context=REPORT) if bound else reading_chat()
    list(getattr(model, call)(QUESTION, {"callbacks": [watcher]}))
    assert "employees" not in str(watcher.told[0])


def test_a_context_of_the_model_is_told_by_length_and_digest():
    told = reading_chat()._identifying_params["context"]
    assert re.fullmatch(r"\d+ characters, digest [0-9a-f]{32}", told)


def test_no_path_of_a_journal_is_told(tmp_path):
    journal = os.fspath(tmp_path / "kept.db")
    assert journal not in key(chat(journal=journal))
