"""Chat models by name, as LangChain makes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

from langchain_minions._models.runnables import Answering
from minions_core.errors import MissingExtra, ModelUnavailable, UsageError

_WANTED = re.compile(r"pip install (?:-U )?(?P<package>[\w-]+)")


def model_named(name: str) -> Answering:
    """The chat model that LangChain's `init_chat_model` makes of a name.

    Args:
        name: provider and model, such as `openai:gpt-4o`.

    Raises:
        MissingExtra: the `langchain` package is not installed, or that of the provider.
        UsageError: LangChain does not know what the name is of.
        ModelUnavailable: the provider's package makes no model of it, as where a key is missing.
    """
    make = _init_chat_model()
    if not name.strip():
        raise UsageError(_advice(name))
    try:
        return make(name)
    except ImportError as error:
        wanted = _WANTED.search(str(error))
        if wanted is None:
            raise
        raise MissingExtra(wanted["package"]) from error
    except ValueError as error:
        raise UsageError(f"{_advice(name)} ({error})") from error
    except Exception as error:  # every provider has errors of its own for what it lacks
        raise ModelUnavailable(f"no model can be made of {name!r}: {error}") from error


def _advice(name: str) -> str:
    return (
        f"LangChain can make no chat model of {name!r}: pass a provider and a model, as in "
        "'ollama:llama3.2', or the chat model itself"
    )


def _init_chat_model() -> Callable[[str], Answering]:
    try:
        make: Callable[[str], Answering] = import_module("langchain.chat_models").init_chat_model
    except ImportError as error:
        raise MissingExtra("langchain") from error
    return make
