"""What servers tell of their models, read tolerantly: each tells other things.

A detail of a wrong form is unknown, an entry without a name is left out; the rest is read.

Ollama's `/api/tags` and `/api/show`; OpenAI's `/v1/models`, to which vLLM adds `max_model_len` and
llama.cpp `meta`; LM Studio's own `/api/v0/models`; llama.cpp's `/props`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeGuard, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from minions_core.clients.settings import trained_length

L = TypeVar("L", bound=BaseModel)
T = TypeVar("T")

_MOST = 10**18  # bytes, tokens or parameters; more is no count of anything


def _or_none(told: Any, valid: ValidatorFunctionWrapHandler) -> Any:
    try:
        return valid(told)
    except ValidationError:
        return None


def _is_list(told: Any) -> TypeGuard[list[Any]]:
    return isinstance(told, list)


def _those_that_are(told: Any, valid: ValidatorFunctionWrapHandler) -> Any:
    """The entries of a list that are of the form; a list of others alone is another list."""
    if not _is_list(told):
        return valid(told)
    read: list[Any] = []
    for entry in told:
        try:
            read += valid([entry])
        except ValidationError:
            continue
    return read or valid(told)


_Text: TypeAlias = Annotated[str | None, WrapValidator(_or_none)]
_Count: TypeAlias = Annotated[Annotated[int, Field(ge=0, le=_MOST)] | None, WrapValidator(_or_none)]
_Entries: TypeAlias = Annotated[list[T], WrapValidator(_those_that_are)]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Details(_Told):
    """What Ollama says of a model's weights."""

    parameter_size: _Text = None
    quantization_level: _Text = None


class Tag(_Told):
    """A model that Ollama has; with a `remote_host` it runs there, in the cloud."""

    name: str
    size: _Count = None
    details: Annotated[Details | None, WrapValidator(_or_none)] = None
    remote_host: _Text = None


class Tags(_Told):
    """Ollama's `/api/tags`."""

    models: _Entries[Tag]


class Show(_Told):
    """Ollama's `/api/show`, for one model."""

    model_info: Annotated[dict[str, Any] | None, WrapValidator(_or_none)] = None
    capabilities: Annotated[list[str] | None, WrapValidator(_or_none)] = None

    @property
    def window(self) -> int | None:
        """Tokens it was trained for."""
        told = trained_length(self.model_info or {})
        return told if told and 0 < told <= _MOST else None


class Meta(_Told):
    """What llama.cpp says of the model it serves."""

    n_ctx_train: _Count = None
    n_params: _Count = None
    size: _Count = None


class Entry(_Told):
    """A model in a list as OpenAI's API has it, with what servers and LM Studio add."""

    id: str
    owned_by: _Text = None
    type: _Text = None
    quantization: _Text = None
    max_model_len: _Count = None
    loaded_context_length: _Count = None
    max_context_length: _Count = None
    context_length: _Count = None
    meta: Annotated[Meta | None, WrapValidator(_or_none)] = None

    @property
    def window(self) -> int | None:
        """Tokens it holds as it is served; else those it was trained for."""
        told = (
            self.max_model_len,
            self.loaded_context_length,
            self.max_context_length,
            self.context_length,
            self.meta.n_ctx_train if self.meta else None,
        )
        return next(filter(None, told), None)

    @property
    def chats(self) -> bool:
        """Whether it is for chats, as far as can be told, and not for embeddings."""
        return self.type != "embeddings" and "embed" not in self.id.lower()


class Listing(_Told):
    """`/v1/models`, and LM Studio's `/api/v0/models`."""

    data: _Entries[Entry]


class _Settings(_Told):
    n_ctx: _Count = None


class Props(_Told):
    """llama.cpp's `/props`: how it was started."""

    default_generation_settings: Annotated[_Settings | None, WrapValidator(_or_none)] = None


def read(kind: type[L], body: Any) -> L | None:
    """An answer as what it should be; None if it is something else."""
    try:
        return kind.model_validate(body)
    except ValidationError:
        return None
