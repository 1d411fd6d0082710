"""What servers tell of their models, read tolerantly: each tells other things.

Ollama's `/api/tags` and `/api/show`; OpenAI's `/v1/models`, to which vLLM adds `max_model_len` and
llama.cpp `meta`; LM Studio's own `/api/v0/models`; llama.cpp's `/props`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

L = TypeVar("L", bound=BaseModel)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Details(_Told):
    """What Ollama says of a model's weights."""

    parameter_size: str | None = None
    quantization_level: str | None = None


class Tag(_Told):
    """A model that Ollama has; with a `remote_host` it runs there, in the cloud."""

    name: str
    size: int | None = None
    details: Details = Details()
    remote_host: str | None = None


class Tags(_Told):
    """Ollama's `/api/tags`."""

    models: list[Tag]


class Show(_Told):
    """Ollama's `/api/show`, for one model."""

    model_info: dict[str, Any] = Field(default_factory=dict[str, Any])
    capabilities: list[str] | None = None


class Meta(_Told):
    """What llama.cpp says of the model it serves."""

    n_ctx_train: int | None = None
    n_params: int | None = None
    size: int | None = None


class Entry(_Told):
    """A model in a list as OpenAI's API has it, with what servers and LM Studio add."""

    id: str
    owned_by: str | None = None
    type: str | None = None
    quantization: str | None = None
    max_model_len: int | None = None
    loaded_context_length: int | None = None
    max_context_length: int | None = None
    context_length: int | None = None
    meta: Meta | None = None

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

    data: list[Entry]


class _Settings(_Told):
    n_ctx: int | None = None


class Props(_Told):
    """llama.cpp's `/props`: how it was started."""

    default_generation_settings: _Settings = _Settings()


def read(kind: type[L], body: Any) -> L | None:
    """An answer as what it should be; None if it is something else."""
    try:
        return kind.model_validate(body)
    except ValidationError:
        return None
