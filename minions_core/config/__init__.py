"""The settings of a run, frozen and checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from minions_core.config.forms import ModelClass, unfit_for_a_form
from minions_core.config.texts import Texts
from minions_core.errors import UsageError
from minions_core.redaction import Redactor

Privacy: TypeAlias = Literal["quotes", "answers"]
"""What of the documents may leave for the remote model.

`quotes`: what workers answered and the words they quote, with headings and an outline. `answers`:
no quotes, no headings and no outline; the remote model sees answers in the workers' own words,
names and pages. Of more than eight words in a row that an answer copies from the documents only the
edges and the figures are sent. Shorter runs leave as they are: a name, an amount, half a sentence.

With `answers`, or with a redactor, what a plan's program computes is held back: the output of its
`transform_outputs`, and of its tasks all that does not stand in the program.

None of this is a defence against a remote model that is hostile. It writes the plans, and a plan
that reads the documents can tell of them by which jobs it asks for: their number, their order,
their failures. Where the remote model itself cannot be trusted, do not use it on the documents.
"""

Planner: TypeAlias = Literal["code", "json", "auto"]
"""How the remote model writes its plans: as Python, as data, or as data once two programs broke."""


class JobOutput(BaseModel):
    """What a worker replies to a job; the paper's schema (arXiv 2502.15964, section 5)."""

    explanation: str | None = None
    citation: str | None = None
    answer: str | None = None


class _Settings(BaseModel):
    # Built at first use: `import minions_core` stays quick.
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Budget(_Settings):
    """What a run may spend; None is no limit.

    Attributes:
        remote_tokens: input and output tokens of the remote model together.
        cost: money for the remote model, in US dollars; needs a model whose price is known, or
            `price_as`.
        seconds: wall time, looked at before every call and between two attempts at one; a call
            in flight is not broken off. Local calls end earlier, so that the remote model has
            time to answer: by as long as its slowest call took so far, and by a tenth of the time
            at least, half of it at most.
        jobs: local jobs; questions to the local model, with Minion.
    """

    remote_tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    jobs: int | None = Field(default=None, ge=0)


class RunConfig(_Settings):
    """Settings both protocols share.

    Attributes:
        max_rounds: rounds before the remote model must answer. k rounds cost k + 1 remote calls,
            and k + 2 with `output_schema`.
        local_concurrency: local calls in flight at once, over all blocking runs of one
            `Minion`/`Minions` together, and over all its runs on one event loop.
        remote_concurrency: the same for the remote model.
        max_retries: how often a call that failed in transport is sent again. While it waits for
            that it is not in flight: another call may go out in its place.
        max_reply_tokens: the longest reply of the local model.
        budget: what the run may spend.
        price_as: price the remote calls as this model (`gpt-4o`), for models without a known price.
        privacy: what of the documents may leave for the remote model.
        redactor: finds what must not leave as it is; placeholders go instead (`[EMAIL_1]`), and
            the answer has them restored.
        output_schema: a pydantic model class. Once the remote model has answered, it puts its
            answer into this form, in one more turn, or two if the first has to be mended: see
            `MinionsResult.output`. The schema goes to the remote model, descriptions and all; what
            the class's own validators say does not. With a redactor no server holds that reply to
            the schema, since placeholders may not fit it. Where the budget is tight, room is kept
            for the form, which leaves less for the rounds and the evidence of the answer.
        prompts: texts of your own in place of built-in ones, by their names, which
            `minions_core.prompts.own` tells of; `minions_core.prompts.template(name)` is the
            built-in text to start from. Yours has the same `{{marks}}`, each exactly once.
    """

    max_rounds: int = Field(default=3, ge=1)
    local_concurrency: int = Field(default=4, ge=1)
    remote_concurrency: int = Field(default=4, ge=1)
    max_retries: int = Field(default=3, ge=0)
    max_reply_tokens: int = Field(default=512, ge=1)
    budget: Budget = Budget()
    price_as: str | None = None
    privacy: Privacy = "quotes"
    redactor: Redactor | None = None
    output_schema: ModelClass | None = None
    prompts: Mapping[str, str] = Texts({})

    def replaced(self, **changes: Any) -> Self:
        """These settings with others in place of some, checked as they all are.

        Raises:
            pydantic.ValidationError: they do not go together.
        """
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**{**given, **changes})

    @field_validator("prompts")
    @classmethod
    def _kept_apart(cls, prompts: Mapping[str, str]) -> Mapping[str, str]:
        return Texts(prompts)

    @field_serializer("prompts")
    def _as_plain_texts(self, prompts: Mapping[str, str]) -> dict[str, str]:
        return dict(prompts)

    @field_validator("output_schema", mode="before")
    @classmethod
    def _is_a_form(cls, schema: object) -> object:
        if schema is not None and (wrong := unfit_for_a_form(schema)):
            raise ValueError(f"output_schema is {wrong}")
        return schema

    @field_validator("redactor", mode="before")
    @classmethod
    def _is_an_instance(cls, redactor: object) -> object:
        if isinstance(redactor, type):
            name = redactor.__name__
            raise ValueError(f"redactor is the class {name}: pass an instance of it, {name}()")  # noqa: TRY004 - a validator's way
        return redactor


class MinionConfig(RunConfig):
    """Settings of `Minion`, the chat of two models.

    Attributes:
        overflow: what to do with a context that does not fit the local model's window: `error`
            with advice, or `search` for the passages that fit and suit the question best.
        local_window: the local model's context window in tokens, where the model does not know.
    """

    overflow: Literal["error", "search"] = "error"
    local_window: int | None = Field(default=None, ge=512)


class MinionsConfig(RunConfig):
    """Settings of `Minions`, the protocol of plans and jobs.

    Attributes:
        planner: how the remote model writes its plans.
        preview: tokens of the passages that suit the question best by search, shown to the remote
            model in its first turn, so that it may answer an easy question at once; 0 shows none.
        max_jobs_per_round: more local calls than this in one plan, samples counted singly, are
            refused, and the remote model told.
        max_tasks_per_round: the same for different tasks in one plan.
        samples: how often a job is asked, where its plan does not say; the answers are voted on.
        max_samples: the most a plan may ask for.
        max_plan_repairs: how often in a run the remote model may mend a plan that did not work.
        max_chunk_tokens: the longest chunk one job reads; longer ones are cut. Sets the context
            window a resizable local model is given.
        max_evidence_tokens: room for the findings of one round in the report to the remote model.
        worker_output: the schema of a worker's reply; any pydantic model with a field `answer`.
        plan_seconds: how long plan code may run.
        plan_memory_mb: how much memory plan code may use.
    """

    planner: Planner = "auto"
    preview: int = Field(default=0, ge=0)
    max_jobs_per_round: int = Field(default=512, ge=1)
    max_tasks_per_round: int = Field(default=32, ge=1)
    samples: int = Field(default=1, ge=1)
    max_samples: int = Field(default=8, ge=1)
    max_plan_repairs: int = Field(default=3, ge=0)
    max_chunk_tokens: int = Field(default=4000, ge=128)
    max_evidence_tokens: int = Field(default=1500, ge=100)
    worker_output: ModelClass = JobOutput
    plan_seconds: float = Field(default=5, gt=0)
    plan_memory_mb: int = Field(default=512, ge=32)

    def with_workers(self, schema: type[BaseModel]) -> MinionsConfig:
        """These settings, with the schema of the local model's own `structured_output_schema`.

        Raises:
            UsageError: no worker can reply in it.
        """
        try:
            return self.replaced(worker_output=schema)
        except ValidationError as error:
            wrong = error.errors()[0]["msg"]
            raise UsageError(f"the local model's structured_output_schema: {wrong}") from error

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> MinionsConfig:
        if self.preview and self.privacy == "answers":
            raise ValueError(
                "preview shows passages word for word, which privacy='answers' rules out"
            )
        if self.samples > self.max_samples:
            raise ValueError(
                f"samples is {self.samples}, more than max_samples ({self.max_samples})"
            )
        return self

    @field_validator("worker_output")
    @classmethod
    def _has_an_answer(cls, schema: type[BaseModel]) -> type[BaseModel]:
        if "answer" not in schema.model_fields:
            message = f"{schema.__name__} has no field `answer`; a worker's reply needs one"
            raise ValueError(message)
        return schema


class ReaderConfig(_Settings):
    """Settings of `Reader`, which has no remote model.

    Attributes:
        local_concurrency: calls in flight at once, over all blocking readings of one `Reader`
            together, and over all its readings on one event loop.
        max_retries: how often a call that failed in transport is sent again.
        max_chunk_tokens: the longest chunk one job reads; documents are cut to that. Sets the
            context window a resizable model is given.
        max_reply_tokens: the longest reply. By default a reply may quote the whole of its chunk.
        budget: what a reading may spend: `jobs`, which chooses the chunks that suit the question
            best by search, and `seconds`. There is no remote model, so its other limits are
            refused.
    """

    local_concurrency: int = Field(default=4, ge=1)
    max_retries: int = Field(default=3, ge=0)
    max_chunk_tokens: int = Field(default=1000, ge=128)
    max_reply_tokens: int = Field(default=1200, ge=1)
    budget: Budget = Budget()

    @field_validator("budget")
    @classmethod
    def _has_no_remote_limits(cls, budget: Budget) -> Budget:
        limits = {"cost": budget.cost, "remote_tokens": budget.remote_tokens}
        for name, limit in limits.items():
            if limit is not None:
                raise ValueError(
                    f"a reading has no remote model for budget.{name} to limit: set jobs or seconds"
                )
        return budget
