"""Schemas of the user's own: any model with an answer is filled."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    field_serializer,
    field_validator,
)
from pydantic.alias_generators import to_camel

from minions_core.config import JobOutput
from minions_core.documents import Chunk
from minions_core.jobs import Job, Unreadable, job_result, read_output
from minions_core.jobs.forms import described, output_schema

JOB = Job(id=1, round=1, task="What was revenue?", chunk=Chunk("Revenue was 5."))


class Rated(BaseModel):
    answer: str | None
    score: int = Field(ge=0, le=10)


class Amount(BaseModel):
    value: float
    unit: str


class Measured(BaseModel):
    answer: Amount


class Verdict(BaseModel):
    answer: Literal["yes", "no"]


class Counted(BaseModel):
    answer: int


class Listed(BaseModel):
    answer: list[str]


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)

    answer: str
    page_number: int


class Choosing(BaseModel):
    answer: str = Field(validation_alias=AliasChoices("finalAnswer", "reply"))


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answer: str


def test_a_schema_of_ones_own_is_filled():
    assert read_output("{'answer': 'yes', 'score': 9}", Rated) == Rated(answer="yes", score=9)


def test_what_does_not_fit_a_schema_is_named():
    with pytest.raises(Unreadable, match="Field `score` is wrong"):
        read_output('{"answer": "yes", "score": 11}', Rated)


def test_what_may_not_be_null_is_named():
    with pytest.raises(Unreadable, match="Field `score` is wrong"):
        read_output('{"answer": "yes", "score": null}', Rated)


def test_what_is_missing_is_named():
    with pytest.raises(Unreadable, match="Field `score` is wrong: Field required"):
        read_output('{"answer": "yes"}', Rated)


def test_a_worker_without_an_answer_need_not_fill_in_the_rest():
    output = read_output('{"answer": null}', Rated)
    assert job_result(JOB, output, None).status == "abstained"


@pytest.mark.parametrize("schema", [Rated, Measured, Verdict, Counted, Listed, Camel, Closed])
@pytest.mark.parametrize("text", ["Not found.", '{"answer": null}', '{"answer": "not mentioned"}'])
def test_every_schema_can_abstain(schema, text):
    output = read_output(text, schema)
    assert job_result(JOB, output, None).status == "abstained"


def test_a_nested_answer_is_filled_and_told_as_json():
    output = read_output("{'answer': {'value': 5, 'unit': 'm'}, }", Measured)
    assert job_result(JOB, output, None).answer == '{"value":5.0,"unit":"m"}'


def test_what_is_wrong_deep_inside_is_named():
    with pytest.raises(Unreadable, match=r"Field `answer\.unit` is wrong"):
        read_output('{"answer": {"value": 5}}', Measured)


def test_a_choice_is_kept_to():
    assert read_output('{"answer": "no"}', Verdict) == Verdict(answer="no")


def test_a_choice_not_offered_is_told_with_those_that_are():
    with pytest.raises(Unreadable, match="'yes' or 'no'"):
        read_output('{"answer": "perhaps"}', Verdict)


def test_a_number_is_read_from_text():
    assert read_output('Sure: {"answer": "5"}', Counted) == Counted(answer=5)


def test_a_number_that_is_none_is_named():
    with pytest.raises(Unreadable, match="Field `answer` is wrong"):
        read_output('{"answer": "five or so"}', Counted)


def test_zero_is_an_answer():
    assert job_result(JOB, Counted(answer=0), None).answer == "0"


def test_a_number_of_very_many_digits_does_no_harm():
    with pytest.raises(Unreadable):
        read_output('{"answer": ' + "1" * 5000 + "}", Counted)


def test_a_list_is_told_as_one_string():
    output = read_output('{"answer": ["a", "b"]}', Listed)
    assert job_result(JOB, output, None).answer == "a; b"


def test_several_findings_fill_a_list():
    text = '[{"answer": ["a", "b"]}, {"answer": ["c"]}]'
    assert read_output(text, Listed, "list") == Listed(answer=["a; b", "c"])


def test_an_empty_list_is_an_abstention():
    assert job_result(JOB, Listed(answer=[]), None).status == "abstained"


def test_an_answer_that_is_no_text_becomes_compact_json():
    class Mapped(BaseModel):
        answer: list[dict[str, float]]

    result = job_result(JOB, Mapped(answer=[{"é": 1.5}]), None)
    assert (result.answer, result.citation) == ('[{"é":1.5}]', None)


def test_prose_that_found_nothing_fits_a_schema_that_wants_text():
    assert read_output("Not found.", Closed) == Closed(answer="")


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": "yes", "pageNumber": 3}',
        '{"answer": "yes", "page_number": 3}',
        "{'Answer': 'yes', 'pagenumber': 3}",
    ],
)
def test_a_field_with_an_alias_is_filled_by_either_name(text):
    assert read_output(text, Camel) == Camel(answer="yes", pageNumber=3)


def test_an_answer_is_found_whatever_its_schema_writes_it_as():
    class Renamed(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)

        answer: str = Field(alias="result")

    output = read_output('{"result": "5"}', Renamed)
    assert job_result(JOB, output, None).answer == "5"


@pytest.mark.parametrize("key", ["finalAnswer", "reply", "answer", "Final Answer"])
def test_an_answer_of_several_names_is_found_by_each(key):
    assert read_output(f'{{"{key}": "5"}}', Choosing) == Choosing(finalAnswer="5")


def test_what_was_not_asked_for_is_left_out():
    assert read_output('{"answer": "5", "confidence": 0.9}', Closed) == Closed(answer="5")


def raising(error):
    def check(value: Any) -> Any:
        raise error

    class Raising(BaseModel):
        answer: Annotated[str, AfterValidator(check)]

    return Raising


def test_what_a_validator_complains_of_is_passed_on():
    with pytest.raises(Unreadable, match="not in capitals"):
        read_output('{"answer": "x"}', raising(ValueError("not in capitals")))


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), RuntimeError("x")])
def test_a_validator_that_breaks_does_not_sink_the_run(error):
    with pytest.raises(Unreadable, match=type(error).__name__):
        read_output('{"answer": "x"}', raising(error))


def test_a_serialiser_that_breaks_does_not_sink_the_run():
    class Unwritable(BaseModel):
        answer: str

        @field_serializer("answer")
        def _write(self, value: str) -> str:
            raise RuntimeError(value)

    with pytest.raises(Unreadable, match="Error"):
        read_output('{"answer": "x"}', Unwritable)


def test_a_validator_may_mend_an_answer():
    class Mending(BaseModel):
        answer: str

        @field_validator("answer", mode="before")
        @classmethod
        def _mend(cls, value: object) -> str:
            return f"<{value}>"

    assert read_output('{"answer": 5}', Mending) == Mending(answer=5)


def test_a_field_of_the_schemas_own_may_be_called_properties():
    class Estate(BaseModel):
        answer: str
        properties: list[str]

    text = "{'answer': 'two', 'properties': ['a', 'b']}"
    assert read_output(text, Estate) == Estate(answer="two", properties=["a", "b"])


def test_a_description_of_the_schemas_own_goes_before_ours():
    class Described(BaseModel):
        answer: str = Field(description="Yes or no.")
        page: int

    told = described(Described, "summary")
    assert told["answer"] == "Yes or no."
    assert list(told) == ["answer", "page"]


def test_keys_are_told_as_the_schema_has_them():
    assert list(described(Camel)) == ["answer", "pageNumber"]
    assert set(output_schema(Camel).schema["properties"]) == {"answer", "pageNumber"}


def test_only_our_own_schema_changes_with_the_kind_of_job():
    assert output_schema(Closed, "list").schema == Closed.model_json_schema()
    assert "array" in str(output_schema(JobOutput, "list").schema["properties"]["answer"])
