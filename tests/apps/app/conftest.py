"""Every test looks for models anew, and finds none that happen to run on the machine."""

import pytest

from minions_core.app.models import look_again

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_models_but_the_tests(monkeypatch):
    for name in ("OPENAI_API_KEY", "TOGETHER_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    look_again()
    yield
    look_again()
