"""Every example and benchmark runs offline and says something true."""

import runpy
from pathlib import Path

import pytest

from minions_core.demo import annual_report

ROOT = Path(__file__).parents[2]
FACTS = annual_report().facts


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
        pytest.param("llama_index_query_engine", "capital_expenditure", id="llama_index"),
    ],
)
def test_an_example_finds_the_fact(example, fact, capsys):
    runpy.run_path(str(ROOT / "examples" / f"{example}.py"))
    assert FACTS[fact].figure in capsys.readouterr().out


def test_the_journal_example_pays_once(capsys):
    runpy.run_path(str(ROOT / "examples" / "resume_with_a_journal.py"))
    assert "second: 0 remote tokens" in capsys.readouterr().out


def test_the_private_example_tells_the_answer_and_hides_the_name(capsys):
    runpy.run_path(str(ROOT / "examples" / "keep_it_private.py"))
    answer, told = capsys.readouterr().out.split("What the remote model was told:")
    assert "$450" in answer
    assert ("Ada Moreau" in told, "[PERSON_1]" in told) == (False, True)


def test_there_is_no_example_without_a_test():
    names = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert names == {
        "core",
        "follow_up",
        "keep_it_private",
        "langchain_agent_tool",
        "langchain_chain",
        "langchain_map_reduce",
        "langchain_rag",
        "llama_index_query_engine",
        "resume_with_a_journal",
        "watch_a_run",
    }


def test_a_one_round_question_costs_less_than_2500_remote_tokens(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["remote_tokens.py"])
    runpy.run_path(str(ROOT / "benchmarks" / "remote_tokens.py"), run_name="__main__")
    assert "limit 2,500" in capsys.readouterr().out
