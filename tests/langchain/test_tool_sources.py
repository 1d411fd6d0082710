"""What a tool may be given to read, and when it is fetched."""

import asyncio
import threading
from pathlib import Path

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.runnables import RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore

from minions_core import Document as CoreDocument
from minions_core.errors import UsageError
from tests.langchain.agents import Shelf, asking, call
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, REPORT, Runs

PAGE = Document(REPORT, metadata={"source": "report.pdf"})


class Loader(BaseLoader):
    """A loader that counts its loads, and may fail or wait.

    Args:
        before: called before each load.
    """

    def __init__(self, before=lambda: None, documents=(PAGE,)):
        self.before = before
        self.begun = threading.Event()
        self.documents = documents
        self.loads = 0

    def lazy_load(self):
        self.loads += 1
        self.begun.set()
        self.before()
        yield from self.documents


class AsyncLoader(Loader):
    """A loader that loads on the event loop, and waits there for its gate."""

    def __init__(self):
        super().__init__()
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()

    async def alazy_load(self):
        self.loads += 1
        self.begun.set()
        await self.gate.wait()
        for document in self.documents:
            yield document


def find(question):
    return [PAGE] if question == QUESTION else []


async def find_on_the_loop(question):
    return find(question)


def find_piece_by_piece(question):
    yield from find(question)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(REPORT, id="a text"),
        pytest.param(PAGE, id="a document"),
        pytest.param(CoreDocument(REPORT, "report.pdf"), id="a core document"),
        pytest.param([REPORT, PAGE], id="texts and documents"),
        pytest.param((PAGE,), id="a tuple"),
        pytest.param(Shelf(held=[PAGE]), id="a retriever"),
        pytest.param(RunnableLambda(find), id="a runnable"),
        pytest.param(find, id="a function"),
        pytest.param(lambda _: REPORT, id="a function that returns a text"),
        pytest.param(Loader(), id="a loader"),
    ],
)
@pytest.mark.parametrize("asked", ["blocking", "on the loop"])
async def test_a_source_may_be(source, asked):
    tool = asking(source)
    answers = {"blocking": tool.invoke(QUESTION), "on the loop": await tool.ainvoke(QUESTION)}
    assert answers[asked].startswith(ANSWER)


def test_an_iterator_is_read_for_every_question():
    tool = asking(page for page in [PAGE])
    assert tool.invoke(QUESTION) == tool.invoke(QUESTION)


async def test_a_function_may_run_on_the_loop():
    assert (await asking(find_on_the_loop).ainvoke(QUESTION)).startswith(ANSWER)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(None, id="nothing"),
        pytest.param(7, id="a number"),
        pytest.param({"text": REPORT}, id="a dict"),
        pytest.param(Path("report.pdf"), id="a path"),
        pytest.param(Loader, id="the class of a loader"),
        pytest.param(lambda: [PAGE], id="a function without a question"),
        pytest.param([7], id="a list of numbers"),
        pytest.param([], id="an empty list"),
        pytest.param("", id="an empty text"),
        pytest.param("report.pdf", id="the name of a file"),
        pytest.param(find_piece_by_piece, id="a generator function"),
    ],
)
def test_no_source_is(source):
    with pytest.raises(UsageError):
        asking(source)


def test_a_vector_store_is_refused_for_its_retriever():
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=4))
    with pytest.raises(UsageError, match="as_retriever"):
        asking(store)


def test_a_vector_stores_retriever_is_a_source():
    store = InMemoryVectorStore.from_documents([PAGE], DeterministicFakeEmbedding(size=4))
    assert asking(store.as_retriever()).invoke(QUESTION).startswith(ANSWER)


def test_a_retriever_is_asked_the_question():
    shelf = Shelf(held=[PAGE])
    asking(shelf).invoke(QUESTION)
    assert shelf.asked == [QUESTION]


def test_a_retriever_is_a_child_run_of_its_own_name():
    runs = Runs()
    asking(Shelf(held=[PAGE])).invoke(QUESTION, {"callbacks": [runs]})
    assert [run.name for run in runs.roots[0].child_runs] == ["Shelf", "MinionsChain"]


async def test_a_retriever_is_a_child_run_without_blocking():
    runs = Runs()
    await asking(Shelf(held=[PAGE])).ainvoke(QUESTION, {"callbacks": [runs]})
    assert [run.name for run in runs.roots[0].child_runs] == ["Shelf", "MinionsChain"]


@pytest.mark.parametrize("asked", ["blocking", "on the loop"])
async def test_where_nothing_is_found_the_agent_is_told_and_no_model_called(asked):
    tool = asking(find)
    other = call(tool, "Who?")
    message = tool.invoke(other) if asked == "blocking" else await tool.ainvoke(other)
    assert message.content.startswith("No documents were found")
    assert (message.artifact, tool.chain.remote.asked) == ([], [])


def test_a_source_that_finds_no_documents_but_something_else_is_at_fault():
    with pytest.raises(UsageError, match="returned a int"):
        asking(lambda question: 7).invoke(QUESTION)


def test_a_loader_loads_nothing_before_the_first_question():
    loader = Loader()
    asking(loader)
    assert loader.loads == 0


async def test_a_loader_loads_once_for_all_questions():
    loader = Loader()
    tool = asking(loader)
    tool.invoke(QUESTION)
    await tool.ainvoke(QUESTION)
    tool.invoke(QUESTION)
    assert loader.loads == 1


def test_a_loader_loads_once_for_threads_that_ask_together():
    loader = Loader(before=lambda: threading.Event().wait(0.05))
    tool = asking(loader)
    answers = tool.batch([{"question": QUESTION}] * 4)
    assert loader.loads == 1
    assert len(set(answers)) == 1


async def test_a_loader_loads_once_for_tasks_that_ask_together():
    loader = AsyncLoader()
    tool = asking(loader)
    questions = [asyncio.ensure_future(tool.ainvoke(QUESTION)) for _ in range(4)]
    await loader.begun.wait()
    loader.gate.set()
    answers = await asyncio.gather(*questions)
    assert loader.loads == 1
    assert len(set(answers)) == 1


async def test_a_task_waits_for_a_thread_that_loads():
    gate = threading.Event()
    loader = Loader(before=gate.wait)
    tool = asking(loader)
    in_a_thread = asyncio.ensure_future(asyncio.to_thread(tool.invoke, QUESTION))
    await asyncio.to_thread(loader.begun.wait)
    in_a_task = asyncio.ensure_future(tool.ainvoke(QUESTION))
    await asyncio.sleep(0)
    gate.set()
    assert await in_a_thread == await in_a_task
    assert loader.loads == 1


async def test_a_thread_never_waits_for_a_task_that_may_need_it():
    loader = AsyncLoader()
    tool = asking(loader)
    in_a_task = asyncio.ensure_future(tool.ainvoke(QUESTION))
    await loader.begun.wait()
    assert tool.invoke(QUESTION).startswith(ANSWER)
    loader.gate.set()
    assert (await in_a_task).startswith(ANSWER)


async def test_a_task_that_was_cancelled_as_it_loaded_leaves_it_to_the_next():
    loader = AsyncLoader()
    tool = asking(loader)
    loading = asyncio.ensure_future(tool.ainvoke(QUESTION))
    await loader.begun.wait()
    waiting = asyncio.ensure_future(tool.ainvoke(QUESTION))
    loading.cancel()
    loader.gate.set()
    assert (await waiting).startswith(ANSWER)


@pytest.mark.parametrize("asked", ["blocking", "on the loop"])
async def test_a_load_that_failed_is_tried_again(asked):
    failures = iter([OSError("disk")])

    def fail_once():
        for failure in failures:
            raise failure

    tool = asking(Loader(before=fail_once))
    with pytest.raises(OSError, match="disk"):
        tool.invoke(QUESTION) if asked == "blocking" else await tool.ainvoke(QUESTION)
    assert tool.invoke(QUESTION).startswith(ANSWER)


def test_a_loader_that_loads_nothing_is_at_fault():
    with pytest.raises(UsageError, match="Loader loaded no document"):
        asking(Loader(documents=())).invoke(QUESTION)
