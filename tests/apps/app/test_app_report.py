"""The made-up report, asked with no model: what a newcomer sees first."""

import subprocess
import sys

import pytest

from minions_core.demo import annual_report
from minions_core.result import MinionsResult
from tests.apps.app.visits import Visit

CAPEX = annual_report().facts["capital_expenditure"]
DIVIDEND = annual_report().facts["dividend"]


@pytest.fixture(scope="module")
def asked():
    visit = Visit()
    visit.press("example_0")
    visit.wait()
    return visit


def test_the_report_is_chosen_at_first():
    assert "annual report 2023" in Visit().shown


def test_questions_that_suit_the_report_are_offered():
    labels = [
        button.label for button in Visit().tab.button if str(button.key).startswith("example")
    ]
    assert CAPEX.question in labels


def test_the_offline_models_are_said_to_be_no_language_models():
    assert "are not language models" in Visit().shown


def test_the_steps_of_the_protocol_are_told_before_the_first_question():
    assert "Every quote is looked up" in Visit().shown


def test_an_example_question_is_answered(asked):
    assert CAPEX.figure in asked.answer()


def test_a_marker_in_the_answer_can_be_pressed(asked):
    assert 'class="mn-mark mn-verified" type="button"' in asked.answer()


def test_a_card_tells_page_and_check_of_the_passage(asked):
    assert "page 28 · Capital Expenditure" in asked.answer()
    assert ">verified<" in asked.answer()


def test_the_plan_is_shown(asked):
    assert "def prepare_jobs" in asked.shown


def test_every_job_has_a_square(asked):
    assert asked.shown.count('class="mn-square') == len(
        asked.session.turns[0].result.rounds[0].jobs
    )


def test_the_evidence_is_shown(asked):
    assert "findings for the answer" in asked.shown


def test_what_was_saved_is_shown(asked):
    assert '<div class="mn-label">Saved</div><div class="mn-value">9' in asked.shown


def test_every_string_that_left_is_shown(asked):
    left = asked.session.turns[0].result.disclosure.items
    assert left
    assert all(f'<td class="mn-exactly">{item.text}</td>' in asked.shown for item in left)


def test_every_message_to_the_remote_model_is_shown(asked):
    transcript = asked.session.turns[0].result.transcript
    assert all(message.content in asked.shown for message in transcript)


def test_tokens_and_money_are_drawn_against_remote_only(asked):
    assert len(asked.tab.get("vega_lite_chart")) == 1


def test_the_result_can_be_downloaded(asked):
    assert [button.proto.label for button in asked.tab.get("download_button")] == [
        "Download the result as JSON"
    ]


def test_the_answer_stays_when_the_page_is_drawn_anew(asked):
    before = asked.answer()
    asked.draw()
    assert asked.answer() == before


def test_the_answer_says_that_no_language_model_gave_it(asked):
    assert asked.shown.count("are not language models") == 2


def test_a_second_question_follows_the_first_up():
    visit = Visit()
    visit.answered(CAPEX.question)
    visit.answered(DIVIDEND.question)
    history = visit.session.turns[1].question.history
    assert [result.question for result in history] == [CAPEX.question]


def test_both_answers_are_on_the_page():
    visit = Visit()
    visit.answered(CAPEX.question)
    visit.answered(DIVIDEND.question)
    assert (visit.answer(0) != visit.answer(1), CAPEX.figure in visit.answer(0)) == (True, True)


def test_other_documents_begin_a_new_conversation():
    visit = Visit()
    visit.answered(CAPEX.question)
    visit.paste("The dog is called Rex.")
    visit.answered("What is the dog called?")
    assert visit.session.turns[1].question.history == ()


def test_a_new_conversation_forgets_the_old_one():
    visit = Visit()
    visit.answered(CAPEX.question)
    visit.press("clear")
    assert (visit.session.turns, "example_0" in visit.keys) == ([], True)


def test_a_minion_chats():
    visit = Visit()
    visit.tab.radio(key="protocol").set_value("minion").run()
    visit.answered(CAPEX.question)
    assert 'class="mn-said mn-remote"' in visit.shown
    assert 'class="mn-said mn-local"' in visit.shown


def test_what_is_downloaded_is_a_result(asked):
    result = asked.session.turns[0].result
    assert MinionsResult.from_json(result.to_json(indent=2)) == result


def test_the_chart_needs_no_package_that_another_tab_may_be_importing_just_now():
    code = "import sys, minions_core.app.bill; assert {'altair', 'pandas'} <= sys.modules.keys()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)  # noqa: S603  # ours
