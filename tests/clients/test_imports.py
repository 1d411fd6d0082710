"""What importing the clients needs and does."""

import subprocess
import sys

SCRIPT = """
import sys
sys.modules["ollama"] = sys.modules["openai"] = sys.modules["httpx"] = None
from minions_core.clients import OllamaClient, OpenAIClient, TogetherClient
from minions_core.errors import MissingExtra
for make in (OllamaClient, lambda: OpenAIClient(api_key="k"), lambda: TogetherClient("m")):
    try:
        make()
    except MissingExtra as missing:
        print(missing)
"""


def run(script):
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own script


def test_clients_are_imported_without_their_packages_and_name_the_extra_when_made():
    assert run(SCRIPT).splitlines() == [
        "ollama is not installed: pip install 'minions-integrations[ollama]'",
        "openai is not installed: pip install 'minions-integrations[openai]'",
        "openai is not installed: pip install 'minions-integrations[openai]'",
    ]


def test_importing_the_clients_and_counts_loads_no_provider():
    loaded = run("import minions_core.clients, minions_core.tokens, sys; print(*sys.modules)")
    assert not {"ollama", "openai", "httpx", "tiktoken"} & set(loaded.split())
