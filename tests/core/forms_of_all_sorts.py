"""Forms to fill in, each with something about it."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    computed_field,
    field_serializer,
    model_serializer,
    model_validator,
)


class Colour(Enum):
    """One of a few values."""

    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    """A part of a whole, which may have parts."""

    name: str
    colour: Colour | None = None
    parts: list["Part"] = Field(default_factory=list)


class Mixed(BaseModel):
    """All sorts of values."""

    day: date
    price: Decimal
    tags: set[str]
    kind: Literal["a", "b"] = "a"
    counts: dict[int, float] = Field(default_factory=dict)
    pair: tuple[int, str] = (0, "")


class Loose(BaseModel):
    """Nothing in it must be told."""

    amount: float | None = None
    unit: str = ""


class Book(BaseModel):
    """Its fields go by the names that schemas use."""

    title: str | None = None
    description: str | None = None
    entries: dict[str, Any] = Field(default_factory=dict)


class Aliased(BaseModel):
    """Goes by another name."""

    amount: int = Field(alias="Amount")


class TwoFaced(BaseModel):
    """Reads one name and writes another."""

    amount: int = Field(validation_alias="in", serialization_alias="out")


class Chosen(BaseModel):
    """May be told by either name."""

    amount: int = Field(validation_alias=AliasChoices("capex", "spending"))


class Deep(BaseModel):
    """Is told inside something else."""

    amount: int = Field(validation_alias=AliasPath("figures", "amount"))


class Named(BaseModel):
    """Takes its own name too."""

    model_config = ConfigDict(populate_by_name=True)

    amount: int = Field(alias="Amount")


class Computing(BaseModel):
    """Writes more than it reads, which it forbids."""

    model_config = ConfigDict(extra="forbid")

    amount: int

    @computed_field
    @property
    def twice(self) -> int:
        """Twice the amount."""
        return 2 * self.amount


class Worded(BaseModel):
    """Writes what it cannot read."""

    amount: int

    @field_serializer("amount")
    def _in_words(self, amount):
        return f"${amount} million"


class AText(BaseModel):
    """Writes no object at all."""

    amount: int

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given):
        return {"amount": given} if isinstance(given, str) else given

    @model_serializer
    def _as_text(self):
        return f"{self.amount}"


class Guarded(BaseModel):
    """Does not write its secret."""

    word: SecretStr


class Strict(BaseModel):
    """Takes a date from JSON alone."""

    model_config = ConfigDict(strict=True)

    day: date


class Excluding(BaseModel):
    """Does not write all it needs."""

    amount: int = Field(exclude=True)


def explode(value):
    raise KeyError(value)


class Explosive(BaseModel):
    """Its validator raises what validators should not."""

    amount: Annotated[int, BeforeValidator(explode)]


class Coin(BaseModel):
    """One of two sorts."""

    kind: Literal["coin"]


class Note(BaseModel):
    """The other sort."""

    kind: Literal["note"]


class Tagged(BaseModel):
    """Tells by a tag which sort it holds."""

    item: Annotated[Coin | Note, Field(discriminator="kind")]
