"""A reply is read into a form: what fits, what is mended, and what the class gets back."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.protocols.blank import blank_form
from minions_core.protocols.form import Misfit, read_form
from tests.core.forms_of_all_sorts import (
    Aliased,
    AText,
    Book,
    Chosen,
    Colour,
    Computing,
    Deep,
    Excluding,
    Explosive,
    Guarded,
    Loose,
    Mixed,
    Named,
    Part,
    Strict,
    Tagged,
    TwoFaced,
    Worded,
)

READ = [
    (Part, {"name": "a"}, {"name": "a", "colour": None, "parts": []}),
    (Mixed, {"day": "2024-01-31", "price": "1.50", "tags": ["x"]}, None),
    (Aliased, {"Amount": 3}, {"Amount": 3}),
    (TwoFaced, {"in": 3}, {"in": 3}),
    (Chosen, {"capex": 3}, {"capex": 3}),
    (Chosen, {"spending": 3}, {"spending": 3}),
    (Deep, {"figures": {"amount": 3}}, {"figures": {"amount": 3}}),
    (Named, {"amount": 3}, {"Amount": 3}),
    (Computing, {"amount": 3}, {"amount": 3}),
    (Worded, {"amount": 3}, {"amount": 3}),
    (AText, {"amount": 3}, {"amount": 3}),
    (Guarded, {"word": "x"}, {"word": "x"}),
    (Excluding, {"amount": 3}, {"amount": 3}),
    (Loose, {"amount": "3"}, {"amount": 3.0, "unit": ""}),
    (Loose, {}, {"amount": None, "unit": ""}),
    (Loose, {"amount": "Infinity"}, {"amount": "Infinity"}),
    (Loose, {"amount": "NaN"}, {"amount": "NaN"}),
]


@pytest.mark.parametrize(("form", "said", "_"), READ)
def test_the_class_takes_what_was_read(form, said, _):
    output = read_form(json.dumps(said), form)
    assert form.model_validate(output).model_dump_json() == (
        form.model_validate(said).model_dump_json()
    )


@pytest.mark.parametrize(("form", "said", "wanted"), [row for row in READ if row[2]])
def test_it_is_plain_data_as_the_class_writes_it_where_it_can_read_that(form, said, wanted):
    assert read_form(json.dumps(said), form) == wanted


def test_a_strict_class_takes_it_as_the_json_it_is():
    output = read_form('{"day": "2024-01-31"}', Strict)
    assert Strict.model_validate_json(json.dumps(output)).day == date(2024, 1, 31)


TREES = st.recursive(
    st.builds(Part, name=st.text(), colour=st.sampled_from([None, *Colour])),
    lambda inner: st.builds(Part, name=st.text(), parts=st.lists(inner, max_size=3)),
    max_leaves=8,
)
MIXED = st.builds(
    Mixed,
    day=st.dates(),
    price=st.decimals(allow_nan=False, allow_infinity=False),
    tags=st.sets(st.text(), max_size=3),
    kind=st.sampled_from("ab"),
    counts=st.dictionaries(st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
)


def fenced(text):
    return f"Here it is:\n```json\n{text}\n```\nThat is all."


def thought(text):
    return f'<think>{{"name": "draft"}}</think>{text}'


def tagged(text):
    return f"<answer>{text}</answer>"


def wrapped(text):
    return f'{{"output": {{"filled": {text}}}}}'


@given(TREES | MIXED, st.sampled_from([str, fenced, thought, tagged, wrapped]))
def test_whatever_was_filled_in_comes_back_however_it_is_wrapped(made, within):
    said = made.model_dump_json()
    output = read_form(within(said), type(made))
    assert json.loads(json.dumps(output, allow_nan=False)) == output
    assert type(made).model_validate(output) == made


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("name"), inner),
)


@given(JSON, st.sampled_from([Part, Mixed, Loose]))
def test_any_reply_fits_or_is_refused_in_words(said, form):
    try:
        output = read_form(json.dumps(said), form)
    except Misfit as misfit:
        told = "\n".join(misfit.lines)
    else:
        told = form.model_validate(output)
    assert told


def refused(text, form):
    with pytest.raises(Misfit) as caught:
        read_form(text, form)
    return "\n".join(caught.value.lines)


def test_of_several_the_last_that_fits_counts():
    text = '{"name": "draft"} no: {"name": "final"}. See {"note": 1} or {"name": 3}.'
    assert read_form(text, Part)["name"] == "final"


FULLER = [
    '{"amount": 5, "unit": "m"}\nNote: {"unit": null} would be wrong.',
    '{"amount": 5, "unit": "m"}\nNote: {"unit": ""} would be wrong.',
    '{"amount": 5, "unit": "m"} {}',
    '{"amount": 4, "unit": "k"} no: {"amount": 5, "unit": "m"} {"note": "m"}',
]


@pytest.mark.parametrize("text", FULLER)
def test_the_one_with_most_of_the_keys_counts(text):
    assert read_form(text, Loose) == {"amount": 5.0, "unit": "m"}


def test_an_empty_object_does_not_stand_in_for_one_that_does_not_fit():
    assert "- amount: " in refused('{"amount": "a lot"} {}', Loose)


def test_a_tag_that_no_form_has_is_not_repeated():
    told = refused('{"item": {"kind": "Jo Smith"}}', Tagged)
    assert ("item: is not accepted" in told, "Jo" in told) == (True, False)


def test_an_object_inside_one_that_does_not_fit_is_not_taken_for_the_form():
    assert "name: Field required" in refused('{"parts": [{"name": "inner"}]}', Part)


@pytest.mark.parametrize("form", [Loose, Part, Book])
def test_the_schema_repeated_is_no_filled_form(form):
    assert "should be a valid" in refused(json.dumps(blank_form(form).schema), form)


def test_what_a_model_only_thought_is_not_read():
    assert "no complete JSON" in refused('<think>{"name": "x"}</think>It is not told.', Part)


def test_what_was_filled_in_inside_the_schema_counts():
    assert read_form('{"type": "object", "properties": {"name": "x"}}', Part)["name"] == "x"


def test_an_object_of_other_fields_is_no_filled_form():
    assert "none of the fields" in refused('{"capex": 3}', Loose)


def test_a_number_past_all_bounds_is_refused():
    assert "too large" in refused('{"amount": 1e999}', Loose)


def test_every_wrong_place_is_named():
    told = refused('{"name": 1, "parts": [{"name": "x", "colour": "green"}]}', Part)
    assert "- name: " in told
    assert "- parts > 0 > colour: Input should be 'red' or 'blue'" in told


def test_of_many_wrong_places_the_first_are_named_and_the_rest_counted():
    told = refused(json.dumps({"name": "x", "parts": [{}] * 20}), Part)
    assert (told.count("Field required"), "and 12 more" in told) == (8, True)


def test_a_validator_that_breaks_is_a_misfit_without_its_words():
    assert refused('{"amount": 3}', Explosive) == "It does not fit the schema: KeyError."


def test_hidden_strings_and_keys_are_restored_wherever_they_stand():
    said = {"entries": {"#": ["#", {"#": "#"}], "n": 1}}
    output = read_form(json.dumps(said), Book, lambda text: text.replace("#", "Jo"))
    assert output["entries"] == {"Jo": ["Jo", {"Jo": "Jo"}], "n": 1}


def test_the_schema_of_a_class_that_holds_itself_is_an_object():
    assert blank_form(Part).schema["properties"]["name"] == {"title": "Name", "type": "string"}
