"""Every example and benchmark runs offline and says something true."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index_instrumentation import get_dispatcher
from streamlit.testing.v1 import AppTest

from minions_core.demo import annual_report

ROOT = Path(__file__).parents[2]
FACTS = annual_report().facts
ROW = re.compile(r"^(\S.*?) +\d+ +([\d,]+) +\d+ +[\d,]+$", re.MULTILINE)  # a name, tokens paid for


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """An example's event handlers are gone after it."""
    root = get_dispatcher()
    before = list(root.event_handlers)
    yield
    root.event_handlers[:] = before


@pytest.mark.parametrize(
    ("example", "fact"),
    [
        pytest.param("core", "capital_expenditure", id="core"),
        pytest.param("watch_a_run", "diluted_eps", id="watch_a_run"),
        pytest.param("resume_with_a_journal", "backlog", id="resume_with_a_journal"),
        pytest.param("follow_up", "backlog", id="follow_up"),
        pytest.param("langchain_chain", "capital_expenditure", id="langchain_chain"),
        pytest.param("langchain_agent_tool", "capital_expenditure", id="langchain_agent_tool"),
        pytest.param("langchain_map_reduce", "capital_expenditure", id="langchain_map_reduce"),
        pytest.param("langchain_rag", "capital_expenditure", id="langchain_rag"),
        pytest.param(
            "llama_index_agent_tool",
            "capital_expenditure",
            id="llama_index_agent_tool",
            # LlamaIndex's agents themselves use what pydantic has deprecated.
            marks=pytest.mark.filterwarnings("ignore::DeprecationWarning"),
        ),
        pytest.param("llama_index_documents", "capital_expenditure", id="llama_index_documents"),
        pytest.param("llama_index_retriever", "backlog", id="llama_index_retriever"),
        pytest.param(
            "llama_index_tree_summarize", "capital_expenditure", id="llama_index_tree_summarize"
        ),
    ],
)
def test_an_example_finds_the_fact(example, fact, capsys):
    runpy.run_path(str(ROOT / "examples" / f"{example}.py"))
    assert FACTS[fact].figure in capsys.readouterr().out


def test_the_journal_example_pays_once(capsys):
    runpy.run_path(str(ROOT / "examples" / "resume_with_a_journal.py"))
    assert "second: 0 remote tokens" in capsys.readouterr().out


def test_the_documents_example_cites_pages_and_spans(capsys):
    runpy.run_path(str(ROOT / "examples" / "llama_index_documents.py"))
    cited = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[1]")]
    quotes = [line.partition(": ")[2] for line in cited]
    assert "report.pdf page" in cited[0]
    assert quotes[0] in FACTS["capital_expenditure"].evidence


def test_the_retriever_example_cites_spans_of_the_whole_document(capsys):
    runpy.run_path(str(ROOT / "examples" / "llama_index_retriever.py"))
    cited = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert set(FACTS["capital_expenditure"].evidence) & set(cited)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # LlamaIndex's own, as above
def test_the_agent_example_tells_how_its_tool_gets_on(capsys):
    runpy.run_path(str(ROOT / "examples" / "llama_index_agent_tool.py"))
    told = capsys.readouterr().out
    assert "jobs to do" in told
    assert "job 1: answered" in told


def test_the_tree_summarize_example_ends_with_a_table_in_which_minions_pays_least(capsys):
    runpy.run_path(str(ROOT / "examples" / "llama_index_tree_summarize.py"))
    _, table = capsys.readouterr().out.split("\n\n")
    paid = {name.strip(): int(tokens.replace(",", "")) for name, tokens in ROW.findall(table)}
    assert set(paid) == {
        "tree_summarize, remote LLM, window of 8,192",
        "tree_summarize, remote LLM, window of 131,072",
        "tree_summarize, local LLM, window of 8,192",
        "MinionS",
    }
    assert paid["MinionS"] * 10 < paid["tree_summarize, remote LLM, window of 131,072"]


def test_the_private_example_tells_the_answer_and_hides_the_name(capsys):
    runpy.run_path(str(ROOT / "examples" / "keep_it_private.py"))
    answer, told = capsys.readouterr().out.split("What the remote model was told:")
    assert "$450" in answer
    assert ("Ada Moreau" in told, "[PERSON_1]" in told) == (False, True)


def test_there_is_no_example_without_a_test():
    names = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert names == {
        "app",
        "core",
        "follow_up",
        "keep_it_private",
        "langchain_agent_tool",
        "langchain_chain",
        "langchain_map_reduce",
        "langchain_rag",
        "llama_index_agent_tool",
        "llama_index_documents",
        "llama_index_retriever",
        "llama_index_tree_summarize",
        "resume_with_a_journal",
        "watch_a_run",
    }


def test_a_one_round_question_costs_less_than_2500_remote_tokens(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["remote_tokens.py"])
    runpy.run_path(str(ROOT / "benchmarks" / "remote_tokens.py"), run_name="__main__")
    assert "limit 2,500" in capsys.readouterr().out


def test_the_app_example_is_the_app():
    page = AppTest.from_file(str(ROOT / "examples" / "app.py"), default_timeout=60).run()
    assert (len(page.exception), len(page.chat_input)) == (0, 1)
