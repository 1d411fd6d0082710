"""What the author of a plan is told when it fails, and what not."""

import pytest

from minions_core.documents import Document
from minions_core.effects import RunPlan
from tests.sandbox.playing import SANDBOX, finished, prepare


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("def prepare_jobs(context:\n", "SyntaxError", id="syntax"),
        pytest.param(
            "def prepare_jobs(context):\n    return None", "list of JobManifest", id="none"
        ),
        pytest.param("def prepare_jobs(context):\n    return []", "no jobs", id="empty"),
        pytest.param("def prepare_jobs(context):\n    return ['a']", "JobManifest", id="strings"),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest(7, 'x')]",
            "must be a str, not int",
            id="wrong type",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest(' ', 'x')]",
            "a job: the chunk is empty",
            id="blank",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest('a', str(n)) for n in range(99)]",
            "the limit is 9",
            id="too many",
        ),
        pytest.param("def prepare_jobs(context):\n    return nothing", "at line 2", id="the line"),
        pytest.param(
            "def prepare_jobs(context):\n    return chunk_by_section(context[0], 10, 10)",
            "overlap",
            id="overlap as large as the size",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return chunk_by_section(3)",
            "must be a str",
            id="no text",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return search('text', 'query')",
            "list of str",
            id="search",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return page(0, 999)", "no page ...; its", id="page"
        ),
        pytest.param("def prepare_jobs(context):\n    return near(1)", "none yet", id="near"),
        pytest.param(
            "def prepare_jobs(c):\n    return chunk_by_code(c[0], words=3)",
            "wrong arguments; it takes text, max_chunk_size",
            id="arguments",
        ),
        pytest.param(
            "def prepare_jobs(c):\n    return search(c, ['a'] * 51)",
            "at most 50 phrasings",
            id="phrasings",
        ),
        pytest.param(
            "def minions_rows(jobs):\n    return [7]\ndef prepare_jobs(c): ...",
            "a job: this is no JobManifest",
            id="a row that is a number",
        ),
        pytest.param(
            "def minions_rows(jobs):\n    return [[]]\ndef prepare_jobs(c): ...",
            "a job: this is no JobManifest",
            id="a row that is empty",
        ),
        pytest.param(
            "def minions_rows(jobs):\n    return [{'a': 1}]\ndef prepare_jobs(c): ...",
            "a job: this is no JobManifest",
            id="a row that is a dict",
        ),
        pytest.param(
            "import socket\ndef prepare_jobs(c):\n    socket.socket()",
            "No module named 'socket'",
            id="net",
        ),
        pytest.param(
            "def prepare_jobs(c):\n    open('/etc/passwd')", "Permission denied", id="a file"
        ),
        pytest.param(
            "import os\ndef prepare_jobs(c):\n    os.getenv('HOME')",
            "not supported",
            id="variables",
        ),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(code, told):
    assert told in prepare(code, max_manifests=9).error


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("int(context[0])", id="quoted by python"),
        pytest.param("raise ValueError(context[0][:30])", id="raised by the plan"),
        pytest.param("assert False, context[0][:30]", id="asserted by the plan"),
        pytest.param("{}[context[0][:30]]", id="a key"),
        pytest.param("getattr(context, context[0][:7])", id="an attribute"),
        pytest.param("x = 1; raise ValueError(context[0][:30])", id="raised after something"),
        pytest.param("if context: raise ValueError(context[0][:30])", id="raised on a condition"),
        pytest.param("raise ValueError(\n    context[0][:30]\n    )", id="raised over lines"),
        pytest.param("getattr(context, context[0][:30] + 'it\\'s ' + context[0])", id="apostrophe"),
        pytest.param("chunk_by_page(context[0], **{context[0][:30]: 1})", id="an option"),
        pytest.param("assert context[0][:30] == 1", id="compared"),
    ],
)
def test_no_document_text_leaves_in_an_error(line):
    error = prepare(f"def prepare_jobs(context):\n    {line}").error
    assert "Revenue" not in error
    assert "line 2" in error


@pytest.mark.parametrize("handler", ["ValueError", "ValueError as again", "KeyError"])
@pytest.mark.parametrize("raised", ["raise ValueError(text)", "raise error"])
def test_no_document_text_leaves_in_an_error_raised_anew(raised, handler):
    error = prepare(
        "def prepare_jobs(context):\n"
        "    text = context[0][:30] + 'it\\'s'\n"
        "    error = ValueError(text)\n"
        "    try:\n"
        f"        {raised}\n"
        f"    except {handler}:\n"
        "        raise\n"
    ).error
    assert "message withheld" in error


def test_no_word_of_a_worker_leaves_in_an_error():
    plan = RunPlan(
        stage="transform",
        code="def transform_outputs(jobs):\n    return int(jobs[0].output.answer)",
        documents=(),
        finished=(finished("Johnsson's"),),
    )
    assert "Johnsson" not in SANDBOX.run(plan).error


def test_a_line_that_is_not_the_plans_is_not_told():
    code = "def prepare_jobs(context):\n    return ['a']\n" + "x = 1\n" * 60
    assert "at line" not in prepare(code).error


def test_what_a_helper_says_is_told_whatever_words_the_documents_have():
    error = prepare(
        "def prepare_jobs(context):\n    return near(1)",
        Document("There is no evidence with that number and a place; none is known yet."),
    ).error
    assert "near: there is no evidence with that number and a place; known: none yet" in error
