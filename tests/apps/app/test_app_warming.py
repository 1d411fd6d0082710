"""What the first question needs is loaded while a person still looks at the page."""

import subprocess
import sys

from tests.apps.app.visits import Visit

LOADS = """
import sys
sys.modules.update(dict.fromkeys({missing!r}))
from minions_core.app.warming import warm_up
warm_up().join()
print(*sys.modules)
"""


def loaded(*missing):
    """The modules a fresh process has after warming up; those that are missing cannot be had."""
    command = [sys.executable, "-c", LOADS.format(missing=missing)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603  # our own command
    return done.stdout.split()


def test_what_a_first_run_needs_is_loaded():
    assert {"openai", "ollama", "tiktoken", "pydantic_monty", "genai_prices"} <= set(loaded())


def test_an_extra_that_is_not_installed_keeps_nothing_else_from_being_loaded():
    assert "pydantic_monty" in loaded("openai", "ollama")


def test_the_page_has_it_loaded(monkeypatch):
    asked = []
    monkeypatch.setattr("minions_core.app.warming.warm_up", lambda: asked.append("page"))
    Visit()
    assert asked == ["page"]
