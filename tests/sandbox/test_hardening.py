"""A sandbox that breaks breaks nothing else, and its plan's author is told."""

import os
import signal
import sys
from pathlib import Path

import pytest

from minions_core.documents import Document
from minions_core.effects import RunPlan
from minions_core.errors import SandboxError
from minions_core.plan_tools import PlanTools
from minions_core.sandbox import MontySandbox
from tests.sandbox.playing import SANDBOX, prepare

GOOD = "def prepare_jobs(context):\n    return [JobManifest('a', 'b')]"


def children():
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(number) for number in listed]


@pytest.fixture
def killing(monkeypatch):
    """The helper `page` ends every process below this one."""

    def kill(self, i, n):
        for process in children():
            os.kill(process, signal.SIGKILL)
        return "dead"

    monkeypatch.setattr(PlanTools, "_page", kill)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_sandbox_that_dies_is_told_of_and_the_next_plan_runs(killing):
    code = "def prepare_jobs(c):\n    page(0, 1)\n    return [JobManifest('a', 'b')]"
    assert "broke its process: it may use 1 s and 128 MB" in prepare(code).error
    assert prepare(GOOD).error is None


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_no_process_outlives_its_plan():
    before = children()
    prepare(GOOD)
    prepare("def prepare_jobs(c):\n    while True: pass")
    assert children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_plan_runs_in_a_process_of_its_own(monkeypatch):
    others, seen = set(children()), []
    monkeypatch.setattr(PlanTools, "_page", lambda *_: str(seen.extend(children())))
    prepare("def prepare_jobs(c):\n    page(0, 1)")
    assert len(set(seen) - others) == 1


def test_sleep_takes_no_time():
    code = f"import time\n{GOOD.replace('return', 'time.sleep(3600); return')}"
    assert prepare(code).error is None  # an hour would be far over the limit on time


def test_printing_without_end_is_stopped_and_told():
    error = prepare("def prepare_jobs(c):\n    while True: print(c[0])").error
    assert error.startswith("MemoryError")
    assert "Revenue" not in error


def test_a_sandbox_that_cannot_start_is_our_error(monkeypatch):
    def broken(*args, **options):
        raise FileNotFoundError("monty")

    monkeypatch.setattr("pydantic_monty.Monty", broken)
    with pytest.raises(SandboxError, match="could not be started: monty"):
        prepare(GOOD)


def test_a_stage_leaves_nothing_to_the_next():
    prepare(f"JobManifest = 7\n{GOOD}")
    assert prepare(GOOD).error is None


def test_recursion_is_told_with_its_line():
    error = prepare("def f(n):\n    return f(n + 1)\ndef prepare_jobs(c):\n    return f(0)").error
    assert error.startswith("RecursionError: ")
    assert "line 2: return f(n + 1), called at line 4: return f(0)" in error


def test_an_error_says_which_lines_led_to_it():
    code = (
        "def figure(text):\n    return int(text)\n\ndef prepare_jobs(c):\n    return [figure(c[0])]"
    )
    error = prepare(code).error
    assert error.endswith("at line 2: return int(text), called at line 5: return [figure(c[0])]")
    assert "Revenue" not in error


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("chunk_by_section(c[0], -5)", id="a negative size"),
        pytest.param("chunk_by_section(c[0], True)", id="a bool for a size"),
        pytest.param("chunk_by_section(c[0], '300')", id="a string for a size"),
        pytest.param("chunk_by_section(c[0], 300, -1)", id="a negative overlap"),
        pytest.param("chunk_by_section(c[0], 300, 300)", id="as much overlap as size"),
        pytest.param("chunk_by_paragraph(c[0], 300, overlap_sentences=-1)", id="fewer than none"),
        pytest.param("chunk_by_code(c[0], functions_per_chunk=True)", id="a bool for a count"),
        pytest.param("chunk_by_section()", id="no text"),
        pytest.param("chunk_by_section(None)", id="none for a text"),
        pytest.param("chunk_by_section(c)", id="a list for a text"),
        pytest.param("chunk_by_section(c[0], count=len)", id="another way to count"),
        pytest.param("search(c, 'x', 0)", id="k of none"),
        pytest.param("search(c, 'x', True)", id="k a bool"),
        pytest.param("search(c, 'x', 2.5)", id="k a fraction"),
        pytest.param("search(c, 7)", id="a number to search for"),
        pytest.param("search([1, 2], 'x')", id="numbers to search in"),
        pytest.param("search(c, ['x', 7])", id="a number among phrasings"),
        pytest.param("page(9, 1)", id="a document that is not there"),
        pytest.param("page(-1, 1)", id="a document from the end"),
        pytest.param("page(True, 1)", id="a bool for a document"),
        pytest.param("page(0, '1')", id="a string for a page"),
        pytest.param("near('1')", id="a string for evidence"),
        pytest.param("near()", id="no evidence"),
    ],
)
def test_helpers_check_what_they_are_given(call):
    error = prepare(f"def prepare_jobs(c):\n    return {call}", Document("Secret text.")).error
    assert error.startswith(("ValueError: ", "TypeError: "))
    assert f"at line 2: return {call}" in error
    assert "ecret" not in error.replace(call, "")


def test_a_huge_k_finds_all_there_is():
    found = "search(c, 'revenue', 10**500)"
    code = f"def prepare_jobs(c):\n    return [JobManifest(x, '?') for x in {found}]"
    assert len(prepare(code).manifests) == 1


def test_helpers_count_texts_that_are_empty():
    code = "def prepare_jobs(c):\n    return search([''] * 2_000_000, 'x')"
    plan = RunPlan(stage="prepare", code=code, documents=(Document("Short."),))
    assert "read 100 times the text" in MontySandbox(seconds=30).run(plan).error


def test_a_summary_is_cut_before_it_leaves():
    plan = RunPlan(
        stage="transform",
        code="def transform_outputs(jobs):\n    a = ['x' * 1000]\n"
        "    for _ in range(9): a = [a] * 10\n    return a",
        documents=(),
        max_text_chars=10,
    )
    done = SANDBOX.run(plan)
    assert done.error or len(done.text) == 10
