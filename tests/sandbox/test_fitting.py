"""Plan code fitted to the sandbox's Python."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.sandbox.fitting import fitted
from tests.sandbox.playing import prepare

PLAN = "def prepare_jobs(context):\n    return [JobManifest(context[0][:9], 'Who?')]\n"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("import numpy as np", id="what nobody uses"),
        pytest.param("import numpy, pandas", id="two of them"),
        pytest.param("from pydantic import BaseModel, Field", id="names nobody uses"),
        pytest.param("from minions.utils.chunking import chunk_by_section", id="a helper"),
        pytest.param("from minions.minions import (\n    JobManifest,\n    Job,\n)", id="classes"),
        pytest.param("from collections.abc import Iterable\nx: Iterable = []", id="a note's name"),
        pytest.param("import numpy as np  # just in case", id="with a comment"),
        pytest.param("from typing import List, TypedDict", id="partly there"),
        pytest.param("def f(x):\n    import scipy\n    return x", id="inside a function"),
        pytest.param(
            "class JobManifest(BaseModel):\n    chunk: str\n    task: str\n    advice: str",
            id="a class that is there",
        ),
        pytest.param(
            "@dataclass\nclass JobOutput:\n    answer: str", id="another that is there, decorated"
        ),
        pytest.param("x = next(n for n in [1, 2] if n > 1)", id="next alone"),
        pytest.param("x = next((n for n in [] if n), None)", id="next with a default"),
        pytest.param("y = 'äöü'; x = next((n for n in [] if n), 'é')", id="next after an umlaut"),
        pytest.param("x = next(\n    (n\n     for n in [1]),\n    None,\n)", id="next over lines"),
        pytest.param("x: List[Optional[Dict[str, Any]]] = []", id="notes without an import"),
        pytest.param("x = Counter(re.findall('a', 'aba')) or math.pi", id="modules not imported"),
    ],
)
def test_what_a_plan_can_do_without_does_not_stop_it(before):
    assert prepare(f"{before}\n{PLAN}").error is None


@pytest.mark.parametrize(
    "used",
    [
        pytest.param("import numpy as np\nx = np.zeros(3)", id="a module"),
        pytest.param("from heapq import nlargest\nx = nlargest(1, [2])", id="a function"),
        pytest.param("import string; x = string.digits", id="beside its use"),
    ],
)
def test_what_a_plan_uses_and_lacks_is_told(used):
    assert "ModuleNotFoundError: No module named" in prepare(f"{used}\n{PLAN}").error


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import re\nx = re.I\n", id="a module it uses"),
        pytest.param("from re import search\nx = search\n", id="a function named as a helper"),
        pytest.param("x = next(iter([1]))\n", id="next as it should be"),
        pytest.param("def f(:\n", id="no Python"),
        pytest.param("from heapq import *\n", id="who knows what"),
        pytest.param("import a; import b\n", id="two on a line"),
        pytest.param("class Reading:\n    x = 1\n", id="a class of its own"),
        pytest.param("x = 1\r\nimport os\r\n", id="other line ends"),
    ],
)
def test_the_rest_is_left_as_it_was(code):
    assert fitted(code) == code


def test_next_finds_the_first_that_fits():
    first = "next(w for w in c[0].split() if 'C' in w)"
    code = f"def prepare_jobs(c):\n    return [JobManifest({first}, '?')]"
    assert prepare(code).manifests[0].chunk.text == "Costs"


def test_lines_stay_where_they_are():
    error = prepare(
        "from pydantic import (\n    BaseModel,\n)\n\ndef prepare_jobs(c):\n    nothing"
    ).error
    assert "at line 6: nothing" in error


_LINES = st.lists(
    st.sampled_from(
        [
            "import os",
            "import a, b",
            "from a import (\n  b,\n)",
            "class Job: pass",
            "class Job:\n  import x",
            "x = next(a for b in c)",
            "x = 'é' + next((a for b in c), '\\\\n')",
            "def f(x: b) -> a:\n  import y",
            "if b: import z",
            "s = 'import os'",
            "t = '''\nimport os\n'''",
        ]
    )
)


@given(_LINES)
def test_fitted_code_is_python_with_its_lines_in_place(lines):
    code = "\n".join(lines)
    result = fitted(code)
    assert result.count("\n") == code.count("\n")
    assert ast.parse(result)
    assert fitted(result) == result
