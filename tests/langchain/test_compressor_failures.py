"""What could not be read is told, and the user says what becomes of it."""

import asyncio
import logging

import pytest
from langchain_classic.retrievers import ContextualCompressionRetriever
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from pydantic import ValidationError

from langchain_minions import MinionsCompressor
from minions_core import Budget, ModelError, ReaderConfig
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import QUOTE, ScriptedChat, reads

OTHER = Document("The company had 3,400 employees.", metadata={"source": "people.md"})
HOLDS = Document(f"Spending. {QUOTE} More.", metadata={"source": "spending.md"}, id="7")
DAYS = [Document(f"On day {day} it rained.", metadata={"source": f"{day}"}) for day in range(8)]


def failing_on(text, *, said=None):
    """A worker that fails where it reads `text`, or says what nobody can read."""

    def worker(messages):
        if text not in str(messages):
            return reads(messages)
        if said is None:
            raise ModelError("HTTP 500")
        return said

    return worker


def compressor(script=reads, **fields):
    return MinionsCompressor(local=ScriptedChat(script=script, model="llama3.2"), **fields)


def compress(*documents, script=reads, **fields):
    return compressor(script, **fields).compress_documents(documents, QUESTION)


def told(caplog):
    return [(record.name.split(".")[0], record.levelname) for record in caplog.records]


def test_a_failed_job_is_logged_as_a_warning(caplog):
    found = compress(OTHER, HOLDS, script=failing_on(QUOTE))
    assert (found, told(caplog)) == ([], [("langchain_minions", "WARNING")])
    assert "Of 2 jobs 1 told nothing (1 failed)" in caplog.text


async def test_a_failed_job_is_logged_as_a_warning_without_blocking(caplog):
    made = compressor(failing_on(QUOTE))
    assert await made.acompress_documents([OTHER, HOLDS], QUESTION) == []
    assert "Of 2 jobs 1 told nothing (1 failed)" in caplog.text


def test_replies_that_nobody_can_read_are_logged_as_a_warning(caplog):
    compress(OTHER, *DAYS, script=failing_on("it rained", said="Well, hello."))
    assert "Of 9 jobs 8 told nothing (8 unparsable)" in caplog.text


def test_documents_with_nothing_to_say_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG, "langchain_minions")
    assert (compress(OTHER, *DAYS), told(caplog)) == ([], [])


def test_what_a_budget_left_unread_is_no_warning(caplog):
    caplog.set_level(logging.INFO, "langchain_minions")
    compress(*DAYS, HOLDS, settings=ReaderConfig(budget=Budget(jobs=1)))
    assert told(caplog) == [("langchain_minions", "INFO")]


@pytest.mark.parametrize("said", [None, "Well, hello."], ids=["failed", "unreadable"])
def test_a_document_that_could_not_be_read_is_kept_whole_in_its_place(said):
    script = failing_on("employees", said=said)
    passage, kept = compress(HOLDS, OTHER, *DAYS, script=script, on_failure="keep")
    assert (passage.page_content, kept) == (QUOTE, OTHER)


async def test_a_document_that_could_not_be_read_is_kept_without_blocking():
    made = compressor(failing_on(QUOTE), on_failure="keep")
    assert await made.acompress_documents([OTHER, HOLDS], QUESTION) == [HOLDS]


def test_a_kept_document_comes_in_place_of_its_passages():
    given = Document(f"It snowed. {'It rained. ' * 90}\n\nSpending. {QUOTE}")
    settings, script = ReaderConfig(max_chunk_tokens=200), failing_on("It snowed")
    assert [one.page_content for one in compress(given, script=script, settings=settings)] == [
        QUOTE
    ]
    assert compress(given, script=script, settings=settings, on_failure="keep") == [given]


def test_pages_read_together_are_kept_one_by_one():
    pages = [
        Document(text, metadata={"source": "r.pdf", "page": number})
        for number, text in enumerate([f"It snowed. {'It rained. ' * 90}", f"Spending. {QUOTE}"])
    ]
    settings = ReaderConfig(max_chunk_tokens=200)
    script = failing_on("It snowed")
    found = compress(*pages, script=script, on_failure="keep", settings=settings)
    assert (found[0], found[1].page_content) == (pages[0], QUOTE)


def test_a_document_that_could_not_be_read_may_be_an_error():
    with pytest.raises(ModelError, match="not everything could be read: Of 2 jobs 1"):
        compress(OTHER, HOLDS, script=failing_on("employees"), on_failure="raise")


def test_an_error_on_failure_is_none_where_all_was_read():
    assert [found.page_content for found in compress(HOLDS, on_failure="raise")] == [QUOTE]


def test_what_else_might_become_of_it_is_refused():
    with pytest.raises(ValidationError):
        compressor(on_failure="ignore")


class Watcher(BaseCallbackHandler):
    """Keeps the custom events it hears."""

    def __init__(self):
        self.heard = []

    def on_custom_event(self, name, data, **kwargs):
        self.heard.append((name, data["status"]))


class AsyncWatcher(AsyncCallbackHandler):
    """The same, on the event loop, and slowly."""

    def __init__(self):
        self.heard = []

    async def on_custom_event(self, name, data, **kwargs):
        await asyncio.sleep(0)
        self.heard.append((name, data["status"]))


def retriever():
    return ContextualCompressionRetriever(
        base_compressor=compressor(), base_retriever=RunnableLambda(lambda query: [OTHER, HOLDS])
    )


HEARD = [("minions_job_finished", "abstained"), ("minions_job_finished", "answered")]


def test_what_became_of_each_job_is_told_to_callbacks():
    watcher = Watcher()
    retriever().invoke(QUESTION, {"callbacks": [watcher]})
    assert sorted(watcher.heard) == HEARD


@pytest.mark.parametrize("kind", [Watcher, AsyncWatcher])
async def test_what_became_of_each_job_is_told_to_callbacks_without_blocking(kind):
    watcher = kind()
    await retriever().ainvoke(QUESTION, {"callbacks": [watcher]})
    assert sorted(watcher.heard) == HEARD


async def test_what_a_callback_raises_ends_the_reading_without_blocking():
    class Raises(AsyncWatcher):
        raise_error = True

        async def on_custom_event(self, name, data, **kwargs):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await retriever().ainvoke(QUESTION, {"callbacks": [Raises()]})


def test_documents_that_come_one_by_one_are_all_read():
    found = compressor().compress_documents(iter([HOLDS, OTHER]), QUESTION)
    assert [passage.page_content for passage in found] == [QUOTE]


async def test_documents_that_come_one_by_one_are_all_read_without_blocking():
    found = await compressor().acompress_documents(iter([HOLDS, OTHER]), QUESTION)
    assert [passage.page_content for passage in found] == [QUOTE]


def test_a_document_found_twice_is_read_once():
    made = compressor()
    (passage,) = made.compress_documents([HOLDS, OTHER, HOLDS], QUESTION)
    assert (passage.page_content, len(made.local.asked)) == (QUOTE, 2)
