"""Every sentence the models are told, one template file each, rendered strictly.

A template holds `{{name}}` marks. Rendering wants exactly the values the template names: one too
few or one too many is an error, so that nothing a protocol meant to say can silently get lost.
Values are put in as they are and never read as templates themselves.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_FENCE = re.compile(r"<(?=/?\s*text\s*>)", re.IGNORECASE)
_MARK = re.compile(r"\{\{(\w+)\}\}")


def render(template: str, **values: object) -> str:
    """The text of template `template` with its marks replaced.

    Raises:
        LookupError: `values` are not exactly what the template names.
    """
    text = _load(template)
    wanted = set(_MARK.findall(text))
    if wanted != set(values):
        raise LookupError(f"template {template} wants {sorted(wanted)}, was given {sorted(values)}")
    return _MARK.sub(lambda mark: str(values[mark[1]]), text)


@cache
def _load(template: str) -> str:
    return files(__name__).joinpath(f"{template}.md").read_text("utf-8").rstrip("\n")


def fenced(text: str) -> str:
    """A document's text for a place between `<text>` and `</text>`, which nothing in it ends."""
    return _FENCE.sub("\u2039", text)
