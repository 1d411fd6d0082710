"""The core's prompts as LlamaIndex's templates, and templates of a user's as prompts of the core.

A prompt of the core has `{{marks}}` where a template of LlamaIndex has `{variables}`.
"""

from __future__ import annotations

import re
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

_BRACE = "left_brace"
_IN_BRACES = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")


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
        UsageError: a template cannot be one text, or lacks a variable.
    """
    names = REPLACEABLE[protocol]
    unknown = sorted(name for name in given if name not in names and ":" not in name)
    if unknown:
        warnings.warn(
            f"no prompt is named {', '.join(unknown)}: there are {', '.join(names)}", stacklevel=5
        )
    texts = {name: _as_text(name, each) for name, each in given.items() if name in names}
    kept = {**own, **texts}
    return {name: text for name, text in kept.items() if text != template(name)}


def _as_template(text: str) -> PromptTemplate:
    """A text with `{{marks}}` as a template with `{variables}` that formats to the same.

    A template of LlamaIndex has no way to write braces around the name of a variable and mean just
    that, so they are themselves put in by one.
    """
    names = {*marks(text), _BRACE}

    def variable(found: re.Match[str]) -> str:
        mark, literal = found.groups()
        if mark:
            return f"{{{mark}}}"
        return f"{{{_BRACE}}}{literal}}}" if literal in names else found[0]

    written = _IN_BRACES.sub(variable, text)
    made = PromptTemplate(written)
    return made.partial_format(**{_BRACE: "{"}) if _BRACE in made.template_vars else made


def _as_text(name: str, given: BasePromptTemplate) -> str:
    if isinstance(given, SelectorPromptTemplate):
        given = given.default_template
    _refuse_unfit(name, given)
    variables = marks(template(name)).keys()
    values: dict[str, Any] = {each: f"{{{{{each}}}}}" for each in variables}
    text = given.format(**values)
    lacking = sorted(variables - marks(text).keys())
    if lacking:
        named = ", ".join(f"{{{each}}}" for each in lacking)
        raise UsageError(f"{name}: the template lacks {named}: put each where its value belongs")
    return text


def _refuse_unfit(name: str, given: object) -> None:
    """Check that a template is one whose text is known before a run.

    Raises:
        UsageError: it is none.
    """
    if not isinstance(given, BasePromptTemplate):
        raise UsageError(
            f"{name}: a {type(given).__name__} is no template: pass a PromptTemplate of it"
        )
    if isinstance(given, ChatPromptTemplate) or (
        isinstance(given, RichPromptTemplate) and given.is_chat_template
    ):
        raise UsageError(
            f"{name}: a template of several messages has no place here, since a run makes its "
            "messages itself: pass a PromptTemplate, or a RichPromptTemplate of one text"
        )
    if given.function_mappings:  # pyright: ignore[reportUnknownMemberType]  # a bare Callable
        raise UsageError(
            f"{name}: a template with function_mappings has no place here, since its functions "
            "would not see the values of a run: put in what they return, with partial_format"
        )
