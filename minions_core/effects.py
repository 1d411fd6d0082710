"""What a protocol may ask of the world: the only vocabulary between protocols and drivers.

A protocol is a generator that yields effects and is sent their answers. `yield from` an effect is
its answer, with its exact type::

    reply = yield from Ask("local", messages)      # reply: Reply

There are four effects and there will be no fifth; drivers match all of them.
A failed effect is raised at the `yield from` that asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, cast

from minions_core.messages import Message, Reply, Role, TokenCounter, estimate_tokens

if TYPE_CHECKING:
    from minions_core.documents import Chunk, Document
    from minions_core.events import Event
    from minions_core.ledger import Disclosed

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Effect(Generic[T_co]):
    """A request to the driver whose answer has type `T_co`."""

    __slots__ = ()

    def __iter__(self) -> Generator[AnyEffect, Any, T_co]:
        """Yield this effect once and return what the driver sends: the one place typed by trust."""
        return cast("T_co", (yield cast("AnyEffect", self)))


AnyEffect: TypeAlias = "Ask | Gather[Any] | RunPlan | Emit"
Steps: TypeAlias = Generator[AnyEffect, Any, T]
"""A protocol, or a part of one, that ends in a `T`."""

TextFilter: TypeAlias = Callable[[str], str]
"""Fed a reply piece by piece; returns the part of each piece that a reader should see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchema:
    """The form a reply should have, for models that can be held to one."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask(Effect[Reply]):
    """Call a model.

    Attributes:
        role: which model.
        messages: the whole conversation so far.
        label: a name for traces, unique within a run: `job_3`, `plan_1`, `answer`.
        schema: the form wanted; a model that cannot be held to it answers freely.
        max_output_tokens: the longest reply wanted, or None for the model's own limit.
        stream: makes a filter that picks what a reader may see of the reply while it arrives;
            None asks for the reply in one piece.
        disclosed: the strings of `messages`, taken from documents, that leave with this call and
            had not left before.
        sample: which of several tries at the same prompt this is, from 1, so that a model whose
            chance can be set makes them differ; 0 if it is the only one.
    """

    role: Role
    messages: tuple[Message, ...]
    label: str = "call"
    schema: JsonSchema | None = None
    max_output_tokens: int | None = None
    stream: Callable[[], TextFilter] | None = None
    disclosed: tuple[Disclosed, ...] = ()
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Gather(Effect[list[T]]):
    """Run branches concurrently and answer with their results in the order of the branches.

    The iterable is read lazily: no more branches are alive than the driver runs at once.
    """

    branches: Iterable[Steps[T]]


JobKind: TypeAlias = Literal["look-up", "list", "summary"]
"""What sort of answer a job wants.

`look-up`: one short answer and the words that show it. `list`: everything of a kind the chunk
names. `summary`: a few sentences on the chunk, and the key sentence.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One job as a plan wants it: a task for one chunk.

    Attributes:
        chunk: what to read.
        task: what to find out.
        advice: what the plan adds to the task.
        kind: what sort of answer is wanted.
        samples: how often to ask; None leaves it to the settings.
    """

    chunk: Chunk
    task: str
    advice: str = ""
    kind: JobKind = "look-up"
    samples: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedJob:
    """A job as later plan code may look at it."""

    manifest: Manifest
    round: int
    answer: str | None
    citation: str | None
    explanation: str | None
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPlace:
    """Where evidence number `number` was read, for plan code that calls `near(number)`."""

    number: int
    chunk: Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    """What became of a plan.

    Attributes:
        manifests: the jobs `prepare_jobs` returned, each on a chunk whose place is known if it can
            be; empty after `transform_outputs`.
        text: what `transform_outputs` returned, or None.
        error: what was wrong, for the author of the plan to read, without document text; None if
            nothing was.
    """

    manifests: tuple[Manifest, ...] = ()
    text: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan(Effect[PlanRun]):
    """Run a plan: code in the sandbox, data by reading it.

    Attributes:
        stage: `prepare` asks for jobs (`prepare_jobs`); `transform` calls `transform_outputs`.
        code: the plan as the remote model wrote it.
        language: what it is written in; a plan in JSON has one stage, `prepare`.
        finished: for `prepare` the jobs of earlier rounds, for `transform` those of this one.
        places: where the evidence shown so far was read.
        max_manifests: more than this is an error told to the plan's author.
        max_samples: a job that wants more samples is an error likewise.
        max_text_chars: the longest text `transform_outputs` may return.
        count: counts the tokens of chunks that are cut by tokens.
        seconds: how long it may run at most; None leaves it to the sandbox.
    """

    stage: Literal["prepare", "transform"]
    code: str
    documents: tuple[Document, ...]
    language: Literal["python", "json"] = "python"
    finished: tuple[FinishedJob, ...] = ()
    places: tuple[FindingPlace, ...] = ()
    max_manifests: int = 2048
    max_samples: int = 8
    max_text_chars: int = 4000
    count: TokenCounter = estimate_tokens
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Emit(Effect[None]):
    """Tell whoever watches."""

    event: Event
