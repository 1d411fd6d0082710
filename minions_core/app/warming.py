"""What a first run needs and the page does not, loaded while a person still looks at the page.

The packages that speak to servers, the sandbox, a vocabulary to count tokens with and the list of
prices take some seconds to load, which the first question would wait for.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib import import_module

import streamlit as st

from minions_core.ledger import price
from minions_core.messages import Usage
from minions_core.tokens import token_counter

_PACKAGES = ("openai", "openai.resources.chat", "ollama", "pydantic_monty", "markdown_it")


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Load it, once for all tabs, on a thread of its own."""
    loading = threading.Thread(target=_load, name="warming", daemon=True)
    loading.start()
    return loading


def _load() -> None:
    for package in _PACKAGES:
        with suppress(ImportError):  # an extra; whoever needs it is told
            import_module(package)
    for model in (None, "gpt-4o"):
        token_counter(model)("warm")
    price(Usage(input_tokens=1), "gpt-4o")
