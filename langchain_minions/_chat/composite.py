"""What `ChatMinions` is made of, and how it is told from others: in traces, caches and profiles."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import (
    Runnable,
    RunnableParallel,
    RunnablePassthrough,
    RunnableSequence,
)
from langchain_core.runnables.utils import ConfigurableFieldSpec
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field, model_validator

from langchain_minions._chat.answers import joint_name, name_of
from langchain_minions._chat.calls import CallAware
from langchain_minions._chat.children import call_of
from langchain_minions._chat.identity import Sealed, digest, edition, readable
from langchain_minions._models.model import as_runnable
from langchain_minions._models.runnables import Answering, chat_models
from langchain_minions._runs.engines import Engines, Protocol, Shared
from langchain_minions._runs.history import LONG_TEXT_TOKENS
from minions_core import door
from minions_core.config import MinionConfig, MinionsConfig, Privacy, RunConfig
from minions_core.errors import UsageError
from minions_core.journal import opened
from minions_core.models import Model
from minions_core.tokens import token_counter

if TYPE_CHECKING:
    from typing import Self

    from langchain_core.language_models import ModelProfile

Tool = Mapping[str, Any] | type | Callable[..., Any] | BaseTool

_DEFAULTS: Mapping[Protocol, RunConfig] = {"minion": MinionConfig(), "minions": MinionsConfig()}
_OF_THE_MODELS = frozenset(("api_key", "max_retries", "max_tokens", "temperature", "timeout"))
"""What LangChain's own code gives to every chat model it makes."""


class CompositeChatModel(CallAware):
    """Two models as one; see `ChatMinions` for the fields."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    local: Any
    remote: Any
    protocol: Protocol = "minions"
    settings: Any = None
    max_rounds: int | None = Field(default=None, ge=1)
    privacy: Privacy | None = None
    context: Any = Field(default=None, repr=False)
    journal: Any = None
    long_text_tokens: int = Field(default=LONG_TEXT_TOKENS, ge=1)
    stop: list[str] | None = None
    trace_calls: bool = True
    streaming: bool | None = None
    shared: Shared = Field(default_factory=Shared, exclude=True, repr=False)

    def __init__(self, local: Any, remote: Any, **fields: Any) -> None:
        for name in sorted(_OF_THE_MODELS & fields.keys()):
            del fields[name]
            message = f"{name} was left out: ChatMinions has none, set it on the models within it"
            warnings.warn(message, stacklevel=3)
        fields.update(local=as_runnable(local), remote=as_runnable(remote))
        fields["journal"] = opened(fields.get("journal"))
        super().__init__(**fields)

    def bind(  # type: ignore[override]  # LangChain's is private, and of its newest versions only
        self, *, context: object = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind arguments to every call.

        Args:
            context: text to read. It becomes that of a copy of this chat model, so that tools and
                forms can be bound to that.
            **kwargs: other arguments, bound as elsewhere.
        """
        if context is not None:
            chat = self.model_copy(update={"context": context})
            return chat.bind(**kwargs) if kwargs else chat
        return super().bind(**kwargs)

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Have answers put into a form by the remote model's last word.

        Args:
            schema: the form, as the remote model's tools take it.
            include_raw: whether to answer with the message and what went wrong in reading it, too.
            **kwargs: `method` and `strict`, which change nothing: it is done by a tool.
        """
        form = super().with_structured_output(schema, include_raw=include_raw, **kwargs)
        if not include_raw:
            return form
        # What is bound to a sequence is for its first step, and LangChain's own passes nothing on.
        asking, *reading = cast("RunnableSequence[Any, Any]", form).steps
        raw = cast("RunnableParallel[Any]", asking).steps__["raw"]
        return RunnableSequence(raw, RunnableParallel(raw=RunnablePassthrough()), *reading)

    @model_validator(mode="after")
    def _settings_go_together(self) -> Self:
        if self._engines.settings.output_schema is not None:
            raise UsageError(
                "the settings have an output_schema, and a message has no room for what is put "
                "into it: leave it out, and use .with_structured_output(schema)"
            )
        return self

    @model_validator(mode="after")
    def _set_minions_version(self) -> Self:
        add: Callable[[str, str], None] | None = getattr(self, "_add_version", None)
        if add:  # the oldest LangChain keeps no versions
            add("minions-integrations", edition()["version"])
        return self

    @property
    def _engines(self) -> Engines:
        chosen = {"max_rounds": self.max_rounds, "privacy": self.privacy}
        changes = {name: value for name, value in chosen.items() if value is not None}
        settings = door.settings(self.settings, _DEFAULTS[self.protocol])
        return Engines(
            protocol=self.protocol,
            local=self.local,
            remote=self.remote,
            settings=settings.replaced(**changes),
            journal=self.journal,
            shared=self.shared,
        )

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of the models can be configured when the chat model is called."""
        return self._engines.config_specs

    @property
    def _llm_type(self) -> str:
        return "minions"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        engines = self._engines
        return {
            "protocol": self.protocol,
            "settings": readable(engines.settings),
            "local": {"name": name_of(self.local), "digest": digest(self.local)},
            "remote": {"name": name_of(self.remote), "digest": digest(self.remote)},
            "context": None if self.context is None else str(Sealed.of(self.context)),
            "long_text_tokens": self.long_text_tokens,
            "default_stop": self.stop,
            "trace_calls": self.trace_calls,
            "output_version": self.output_version,
            **edition(),
        }

    def _get_invocation_params(
        self, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The parameters of a call, with what its config makes of configurable models."""
        given: Mapping[str, Any] = call_of(self).config.get("configurable") or {}
        chosen = {spec.id: given[spec.id] for spec in self.config_specs if spec.id in given}
        params = super()._get_invocation_params(stop, **kwargs)
        return {**params, "configurable": chosen} if chosen else params

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        named = kwargs.get("model")
        params = LangSmithParams(
            ls_provider="minions",
            ls_model_type="chat",
            ls_model_name=named if isinstance(named, str) else joint_name(self._engines),
        )
        if stop:
            params["ls_stop"] = stop
        return params

    def _resolve_model_profile(self) -> ModelProfile:
        """What is known of both together: tools are the remote model's, forms go by its tools."""
        remote: Model | Answering = self.remote
        models = list(chat_models(remote)) if isinstance(remote, Runnable) else []
        profiles = [
            cast("Mapping[str, Any]", getattr(each, "profile", None) or {}) for each in models
        ]
        takes_tools = [
            bool(profile.get("tool_calling", _binds_tools(model)))
            for model, profile in zip(models, profiles, strict=True)
        ]
        return {"tool_calling": bool(models) and all(takes_tools), "structured_output": False}

    def get_token_ids(self, text: str) -> list[int]:
        """The tokens of a text, if `custom_get_token_ids` is given.

        Raises:
            UsageError: it is not; the vocabularies of the models are not known here.
        """
        if self.custom_get_token_ids is None:
            raise UsageError(
                "the ids of tokens are not known here: give custom_get_token_ids, or count tokens "
                "with get_num_tokens"
            )
        return self.custom_get_token_ids(text)

    def get_num_tokens(self, text: str) -> int:
        """How many tokens a text is for the remote model, or nearly so; asks no network."""
        if self.custom_get_token_ids is not None:
            return len(self.custom_get_token_ids(text))
        return token_counter(name_of(self.remote))(text)

    def get_num_tokens_from_messages(
        self, messages: list[BaseMessage], tools: Sequence[Any] | None = None
    ) -> int:
        """How many tokens messages and tools are for the remote model, or nearly so."""
        schemas = sum(self.get_num_tokens(json.dumps(in_openai_form(tool))) for tool in tools or ())
        return super().get_num_tokens_from_messages(messages) + schemas


def in_openai_form(tool: Tool) -> Mapping[str, Any]:
    """A tool as OpenAI's API takes it; one that a provider knows by a form of its own as it is."""
    try:
        return convert_to_openai_tool(cast("Any", tool))
    except ValueError:
        if not isinstance(tool, Mapping):
            raise
        known: Mapping[str, Any] = cast("Any", tool)
        return known


def _binds_tools(model: BaseChatModel) -> bool:
    return type(model).bind_tools is not BaseChatModel.bind_tools
