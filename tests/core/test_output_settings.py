"""What can be an `output_schema`, and what a budget leaves for it."""

import json
from dataclasses import replace

import pytest
from pydantic import BaseModel, Field, RootModel, ValidationError, create_model

from minions_core import Budget, Document, MinionConfig, Minions, MinionsConfig
from minions_core.messages import estimate_tokens
from minions_core.protocols import Task, remote_tokens_needed
from minions_core.testing import ScriptedModel
from tests.core.forms_filled import ANSWER, FILLED, PLAN, Capex, Sides

BOTH = pytest.mark.parametrize("protocol", ["minions", "minion"])
WRONG = '{"amount": "a lot"}'
LONG = "\n\n".join(f"In {year} spending was {year - 2000} million." for year in range(2001, 2041))
MANY = PLAN.replace(
    "chunk=context[0], task='Capital expenditure?')]",
    "c, 'Spending?')\n            for c in chunk_by_paragraph(context[0], 100)]",
)


def quotes(ask):
    excerpt = ask.messages[-1].content.split("<text>\n")[1].split("\n")[0]
    return f'{{"explanation": "", "citation": "{excerpt}", "answer": "{excerpt.split()[-2]}"}}'


@pytest.mark.parametrize("after", [(), (WRONG,)], ids=["at once", "before it is mended"])
def test_a_budget_without_room_for_the_form_leaves_the_answer(after):
    spent = Sides(ANSWER, *after, FILLED, max_rounds=1).run().ledger.remote.usage.total_tokens
    budget = Budget(remote_tokens=spent - 100)
    result = Sides(ANSWER, *after, FILLED, max_rounds=1, budget=budget).run()
    assert (result.status, result.answer, result.output) == ("budget", "$120 million [1]", None)
    assert "was not put into Capex: the budget for remote_tokens" in result.notes[-1]


@pytest.mark.parametrize(("form", "is_last"), [(None, False), (Capex, True)])
@BOTH
def test_a_round_is_only_begun_with_room_for_the_form(protocol, form, is_last):
    allowed = {"minions": 6_000, "minion": 3_700}[protocol]
    budget = Budget(remote_tokens=allowed)
    sides = Sides(ANSWER, FILLED, protocol=protocol, form=form, budget=budget)
    result = sides.run()
    assert ("allows no further" in str(result.transcript)) == is_last
    assert (result.output is not None) == (form is not None)


class Sized(ScriptedModel):
    """Takes the window it is asked to have."""

    def sized_for(self, tokens):
        self.tokens = tokens
        return self


def test_the_remote_window_holds_a_long_form():
    remote = Sized(["<answer>7</answer>", FILLED])
    form = type("Long", (Capex,), {"__doc__": "word " * 20_000})
    engine = Minions(ScriptedModel([]), remote, config=MinionsConfig(output_schema=form))
    result = engine.run("Revenue?", "Revenue was 7.")
    assert estimate_tokens(str(result.transcript)) < remote.tokens


def test_the_remote_window_holds_what_the_opening_tells_of_the_form():
    given = {f"field_{n}": (str, Field(description="word " * 40)) for n in range(60)}
    form = create_model("Broad", **given)
    task = Task(
        question="Revenue?",
        documents=(Document("It was 7."),),
        config=MinionsConfig(output_schema=form),
        count=estimate_tokens,
    )
    plain = replace(task, config=MinionsConfig())
    told = estimate_tokens(task.form_fields) + 2 * estimate_tokens(task.form_prompt)
    assert remote_tokens_needed(task) >= remote_tokens_needed(plain) + told


def told(form):
    """What a run over many findings with a small budget is told of them."""
    config = MinionsConfig(output_schema=form, budget=Budget(remote_tokens=4_000))
    engine = Minions(ScriptedModel(quotes), ScriptedModel([MANY, ANSWER, FILLED]), config=config)
    return engine.run("How did spending grow?", LONG)


def test_the_evidence_shrinks_to_what_leaves_room_for_the_form():
    assert len(told(Capex).rounds[0].report) < len(told(None).rounds[0].report)
    assert told(Capex).output == {"amount": 120.0, "unit": "million"}


class Unfinished(BaseModel):
    """Refers to what is not there."""

    amount: "Missing"  # noqa: F821


NO_FORMS = [
    (Capex(amount=1), "a Capex: pass a class"),
    ({"amount": "int"}, "a dict: pass a class"),
    (list[int], "a GenericAlias: pass a class"),
    (dict, "the class dict, no pydantic model"),
    (BaseModel, "has no fields of its own"),
    (RootModel[list[int]], "has no fields of its own"),
    (Unfinished, "has no JSON schema"),
]


@pytest.mark.parametrize("config", [MinionsConfig, MinionConfig])
@pytest.mark.parametrize(("given", "told"), NO_FORMS)
def test_what_is_no_form_is_refused_at_the_door(config, given, told):
    with pytest.raises(ValidationError, match=told):
        config(output_schema=given)


@pytest.mark.parametrize("setting", ["output_schema", "worker_output"])
def test_in_json_a_class_is_told_by_its_name_and_module(setting):
    class Form(BaseModel):
        """Has a name that others may have."""

        answer: str

    config = MinionsConfig(**{setting: Form})
    assert json.loads(config.model_dump_json())[setting] == f"{__name__}.{Form.__qualname__}"
    assert config.model_dump()[setting] is Form
