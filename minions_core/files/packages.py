"""The packages that read files; none of them is needed before a file of its kind comes along."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from minions_core.errors import MissingExtra

EXTRA = "cli"
"""The extra that brings them all."""


def needed(module: str, package: str | None = None) -> Any:
    """A module of an optional package.

    Args:
        module: what to import.
        package: the name it is installed by, where that is another one.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as missing:
        raise MissingExtra(package or module, EXTRA) from missing
