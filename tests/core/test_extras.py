"""What is not installed says how to install it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT = "import sys; sys.modules[{missing!r}] = None; {line}"


@pytest.mark.parametrize(
    ("missing", "line", "extra"),
    [
        pytest.param("langchain_core", "import langchain_minions", "langchain", id="langchain"),
        pytest.param("llama_index", "import llama_index_minions", "llama-index", id="llama_index"),
        pytest.param(
            "ollama", "from minions_core.clients import *; OllamaClient()", "ollama", id="ollama"
        ),
        pytest.param(
            "openai", "from minions_core.clients import *; OpenAIClient()", "openai", id="openai"
        ),
    ],
)
def test_a_missing_extra_is_an_import_error_with_the_command(missing, line, extra):
    script = WITHOUT.format(missing=missing, line=line)
    run = subprocess.run(  # noqa: S603 - our own line of Python
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert f"pip install 'minions-integrations[{extra}]'" in run.stderr
    assert run.returncode == 1
