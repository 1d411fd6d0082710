"""The notebook runs from top to bottom without a network, and its outputs are those of today."""

import base64
import io
import re

import pytest
from PIL import Image

from minions_core.demo import annual_report
from tests.docs.models import REPORT, every_model
from tests.docs.notebook import committed, comparable, executed, told
from tests.wire import WireServer

FACTS = annual_report().facts
COMMITTED = committed()
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
BLOCKS = [
    code
    for cell in COMMITTED.cells
    if cell.cell_type == "markdown"
    for code in BLOCK.findall(cell.source)
]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return executed(COMMITTED, tmp_path_factory.mktemp("notebook"))


def test_what_it_says_is_what_it_said_when_it_was_committed(fresh):
    stale = "run `python -m tests.docs.notebook` to write its outputs anew"
    assert comparable(told(fresh)) == comparable(told(COMMITTED)), stale


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        pytest.param("minions", FACTS["capital_expenditure"].figure, id="minions"),
        pytest.param("citation", FACTS["capital_expenditure"].evidence[0], id="citation"),
        pytest.param("minion", FACTS["ceo"].figure, id="minion"),
        pytest.param("events", FACTS["diluted_eps"].figure, id="events"),
        pytest.param("langchain", FACTS["capital_expenditure"].figure, id="langchain"),
        pytest.param("llama-index", FACTS["capital_expenditure"].figure, id="llama-index"),
        pytest.param("llama-index-stream", FACTS["backlog"].figure, id="llama-index-stream"),
    ],
)
def test_a_cell_finds_what_the_report_was_made_with(fresh, cell, figure):
    assert figure in told(fresh)[cell]


def test_every_one_of_several_questions_is_answered_right(fresh):
    said = told(fresh)["async"]
    assert (said.count("right: "), said.count("wrong: ")) == (6, 0)


def test_less_is_paid_than_for_sending_everything(fresh):
    saved = re.search(r"(\d+)% saved", told(fresh)["sum"])
    assert int(saved[1]) > 80


def test_no_cell_warns(fresh):
    assert [cell for cell, said in told(fresh).items() if "stderr:" in said] == []


@pytest.mark.parametrize("cell", ["bill", "cost"])
def test_pictures_show_both_colours(fresh, cell):
    data = next(one for one in fresh.cells if one.id == cell).outputs[0].data["image/png"]
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(picture.width * picture.height)}
    assert {(0, 0x72, 0xB2), (0xD5, 0x5E, 0)} <= colours


def test_it_is_committed_without_traces_of_a_machine():
    assert COMMITTED.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.metadata for cell in COMMITTED.cells if cell.metadata] == []


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block_{n}" for n in range(len(BLOCKS))])
def test_the_code_for_real_models_runs(block, tmp_path, monkeypatch, capsys):
    (tmp_path / "report.txt").write_text(REPORT)
    monkeypatch.chdir(tmp_path)
    with WireServer(every_model) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
        monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
        names = {"__name__": "__main__"}
        exec(block.replace("http://localhost:11434", server.ollama_url), names)  # noqa: S102 - ours
    assert "1,577" in capsys.readouterr().out


def test_there_is_code_for_the_core_and_both_frameworks():
    assert len(BLOCKS) == 3
