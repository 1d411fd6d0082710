"""The core's prompts as LlamaIndex's templates, and templates of a user's as prompts of the core.

A prompt of the core has `{{marks}}` where a template of LlamaIndex has `{variables}`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llama_index.core.prompts import (
    BasePromptTemplate,
    ChatPromptTemplate,
    PromptTemplate,
    SelectorPromptTemplate,
)
from llama_index.core.prompts.rich import RichPromptTemplate

from minions_core.errors import UsageError
from minions_core.prompts import marks, template
from minions_core.prompts.own import REPLACEABLE, Protocol

if TYPE_CHECKING:
    from llama_index.core.prompts.mixin import PromptDictType


def templates(protocol: Protocol, own: Mapping[str, str]) -> PromptDictType:
    """The prompts of a protocol.

    Args:
        protocol: which of the two.
        own: texts in place of built-in ones, by name.
    """
    names = REPLACEABLE[protocol]
    return {name: _as_template(own.get(name) or template(name)) for name in names}


def changed(
    protocol: Protocol, own: Mapping[str, str], given: Mapping[str, BasePromptTemplate]
) -> dict[str, str]:
    """The texts in place of built-in prompts, once some templates were given.

    Args:
        protocol: which of the two.
        own: the texts before.
        given: templates by name; keys with a colon are for other modules. Names that are not here
            are passed over with a warning: LlamaIndex's own synthesizers pass over theirs, too, and
            whoever sets those of several at once should not be stopped.

    Raises:
        UsageError: a template cannot be one text.
    """
    names = REPLACEABLE[protocol]
    unknown = sorted(name for name in given if name not in names and ":" not in name)
    if unknown:
        warnings.warn(
            f"no prompt is named {', '.join(unknown)}: there are {', '.join(names)}", stacklevel=4
        )
    texts = {name: _as_text(name, each) for name, each in given.items() if name in names}
    kept = {**own, **texts}
    return {name: text for name, text in kept.items() if text != template(name)}


def _as_template(text: str) -> PromptTemplate:
    for mark in marks(text):
        text = text.replace(f"{{{{{mark}}}}}", f"{{{mark}}}")
    return PromptTemplate(text)


def _as_text(name: str, given: BasePromptTemplate) -> str:
    if isinstance(given, SelectorPromptTemplate):
        given = given.default_template
    several = isinstance(given, ChatPromptTemplate) or (
        isinstance(given, RichPromptTemplate) and given.is_chat_template
    )
    if several:
        raise UsageError(
            f"{name}: a template of several messages has no place here, since a run makes its "
            "messages itself: pass a PromptTemplate, or a RichPromptTemplate of one text"
        )
    values: dict[str, Any] = {mark: f"{{{{{mark}}}}}" for mark in marks(template(name))}
    return given.format(**values)
