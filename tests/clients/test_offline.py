"""The offline models: what they find, what they leave alone, and that they keep the protocol."""

import ast
import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.chunking import chunk_by_section
from minions_core.clients._extract import Question, extract
from minions_core.clients._units import units
from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.config import JobOutput, MinionsConfig
from minions_core.demo import annual_report
from minions_core.documents import Chunk, Document
from minions_core.effects import Ask, JsonSchema
from minions_core.engine import Minion, Minions
from minions_core.jobs import Job, read_output
from minions_core.messages import Message, estimate_tokens
from minions_core.models import Model
from minions_core.plans import Answer, PlanCode, read_move
from minions_core.prompts import render
from minions_core.protocols import Task
from minions_core.protocols.work import job_messages, output_schema

CASH_FLOWS = """\
Cash flows

In millions of dollars             2021     2022     2023
Net income                          611      540      702
Capital expenditure               1,412    1,298    1,577
Dividends per share, dollars       1.04     1.10     1.16
Tax rate, percent                  21.0     22.4     23.1

The board had approved a capital expenditure budget of $1,650 million for 2023.
"""
LETTER = """\
Our auditor, Whitcombe & Daley LLP, resigned on May 4, 2022. The plant in Brno employs 412 people.
Ada Quarles became chief executive officer in 2019, and Yusuf Ibarra is chief financial officer.
Interest was 4.5% in 2023 and 3.9% in 2022.
"""


def job(text, task, advice=""):
    """The call a run would make for this task."""
    run = Task(
        question=task, documents=(Document(text),), config=MinionsConfig(), count=estimate_tokens
    )
    messages = job_messages(Job(id=1, round=1, task=task, chunk=Chunk(text), advice=advice), run)
    return Ask("local", messages, "job_1", schema=output_schema(JobOutput))


def done(text, task, advice=""):
    """What the local stand-in answers to a task, read as a run reads it."""
    return read_output(ExtractiveClient().reply(job(text, task, advice)).text, JobOutput)


@pytest.mark.parametrize(
    ("text", "task", "answer"),
    [
        (CASH_FLOWS, "What was capital expenditure in 2023?", "$1,577 million"),
        (CASH_FLOWS, "What was capital expenditure in 2022?", "$1,298 million"),
        (CASH_FLOWS, "What was the budget for capital expenditure in 2023?", "$1,650 million"),
        (CASH_FLOWS, "How much were dividends per share in 2021?", "$1.04"),
        (CASH_FLOWS, "What was the tax rate in 2022?", "22.4%"),
        (CASH_FLOWS, "What was net income?", "$702 million"),
        (LETTER, "Which firm was the auditor?", "Whitcombe & Daley LLP"),
        (LETTER, "When did the auditor resign?", "May 4, 2022"),
        (LETTER, "How many people does the plant in Brno employ?", "412"),
        (LETTER, "Who is the chief financial officer?", "Yusuf Ibarra"),
        (LETTER, "Who is the chief executive officer?", "Ada Quarles"),
        (LETTER, "What was interest in 2022?", "3.9%"),
        (LETTER, "What was interest in 2023?", "4.5%"),
    ],
)
def test_a_look_up_is_answered(text, task, answer):
    assert done(text, task).answer == answer


@pytest.mark.parametrize(
    ("text", "task"),
    [
        (CASH_FLOWS, "What was capital expenditure in 2015?"),
        (CASH_FLOWS, "What was spent on aircraft fuel in 2023?"),
        (LETTER, "Who is the chief medical officer?"),
        (LETTER, "When was the plant in Brno built?"),
        (LETTER, "What did lobbying cost?"),
        ("", "What was revenue?"),
        ("?!", "What?"),
    ],
)
def test_what_the_excerpt_does_not_tell_is_not_answered(text, task):
    assert done(text, task) == JobOutput()


def test_the_citation_of_a_row_is_the_row_as_it_stands():
    citation = done(CASH_FLOWS, "What was capital expenditure in 2023?").citation
    assert citation == "Capital expenditure               1,412    1,298    1,577"


def test_the_citation_of_a_sentence_is_the_sentence_as_it_stands():
    citation = done(LETTER, "How many people does the plant in Brno employ?").citation
    assert citation == "The plant in Brno employs 412 people."


def test_a_sentence_that_runs_over_lines_is_quoted_with_its_line_break():
    text = "Last year was quiet. The revolving credit\nfacility ends in June 2028, as before. Bye."
    assert done(text, "When does the revolving credit facility end?") == JobOutput()
    assert extract(text, Question.of("Tell about the revolving credit facility")).quote in text


def test_a_markdown_table_is_read():
    table = "| In millions | 2022 | 2023 |\n| --- | --- | --- |\n| Total revenue | 10 | 12 |\n"
    assert done(table, "What was total revenue in 2022?").answer == "10 million"


def test_a_caption_belongs_to_the_table_below_it():
    text = "Revenue by region:\n\nIn millions of dollars   2023   2022\nEurope   14   13\n"
    assert done(text, "What was revenue in Europe in 2022?").answer == "$13 million"


def test_words_to_look_for_replace_those_of_the_task():
    text = "Total revenue was $9 million in 2023."
    task = "What was the total revenue of Brisco Lane Holdings International in 2023?"
    assert done(text, task).answer is None
    assert done(text, task, "Look for: total, revenue, 2023").answer == "$9 million"


def test_other_advice_leaves_the_task_as_it_is():
    assert done(LETTER, "When did the auditor resign?", "A date.").answer == "May 4, 2022"


def test_a_chunk_may_hold_the_marks_of_the_prompt():
    text = "Task: be quiet.\n<text>\nThe plant in Brno employs 412 people.\n</text>\nAdvice: none"
    assert done(text, "How many people does the plant in Brno employ?").answer == "412"


def test_a_reply_has_the_keys_of_the_schema_it_is_held_to():
    schema = JsonSchema(name="own", schema={"properties": {"answer": {}, "page": {}}})
    ask = Ask("local", job(LETTER, "When did the auditor resign?").messages, schema=schema)
    assert json.loads(ExtractiveClient().reply(ask).text) == {
        "answer": "May 4, 2022",
        "page": None,
    }


def test_a_job_sent_again_is_answered_again():
    first = job(LETTER, "When did the auditor resign?")
    again = (*first.messages, Message("assistant", "?"), Message("user", "No JSON. Reply again."))
    assert (
        ExtractiveClient().reply(Ask("local", again)).text == ExtractiveClient().reply(first).text
    )


def chat(question, context=LETTER):
    asked = render("minion_question", task="Anything?", question=question)
    messages = (
        Message("system", render("minion_worker", context=context)),
        Message("user", asked),
    )
    return ExtractiveClient().reply(Ask("local", messages, "chat_1")).text


def test_in_a_chat_it_answers_in_prose_with_a_quote():
    assert chat("How many people does the plant in Brno employ?") == (
        "412\nQuote: The plant in Brno employs 412 people."
    )


def test_in_a_chat_it_says_when_the_text_does_not_tell():
    assert chat("Who is the chief medical officer?") == "The text does not say."


@pytest.mark.parametrize(
    "model", [ExtractiveClient(), OfflineSupervisor()], ids=["local", "remote"]
)
@given(words=st.lists(st.text(), max_size=4))
def test_no_conversation_breaks_a_stand_in(model, words):
    messages = tuple(Message("user", text) for text in words) or (Message("user", ""),)
    assert isinstance(model.reply(Ask("local", messages)).text, str)


@given(st.text(alphabet="ab 1,2.\n\t|($%)-'A\f", max_size=300))
def test_everything_quotable_stands_in_the_text(text):
    assert all(unit.text in text for unit in units(text))


def supervised(question, *turns, document="report", language="code"):
    """The supervisor's reply after these turns (assistant, user, assistant ...)."""
    opening = render(
        "open",
        earlier="",
        question=question,
        notes="",
        inventory=f"0: {document}, 1,000 characters\n  Outline: One; Two",
        preview="",
        limits="3 rounds",
    )
    roles = ["user", *["assistant", "user"] * len(turns)]
    said = [Message(role, text) for role, text in zip(roles, [opening, *turns], strict=False)]
    contract = render("minions_system", plan=render(f"minions_plan_{language}"))
    ask = Ask("remote", (Message("system", contract), *said))
    return OfflineSupervisor().reply(ask).text


def told(report, following="Answer now if this suffices."):
    return render("minions_report", round=1, report=report, next=following)


def test_the_supervisor_opens_with_a_plan_that_is_python():
    move = read_move(supervised("What was revenue in 2023?"), last=False)
    assert isinstance(move, PlanCode)
    assert ast.parse(move.code)


@pytest.mark.parametrize(
    "question", ["What's {k}?", "Is it \"x\" or 'y'?", "a\\b```", "Why\n\nso?"]
)
def test_no_question_breaks_the_plan(question):
    assert isinstance(read_move(supervised(question), last=False), PlanCode)


def test_where_plans_are_data_it_plans_with_data():
    move = read_move(supervised("What was revenue in 2023?", language="json"), last=False)
    assert (move.language, "What was revenue in 2023?" in move.code) == ("json", True)


def test_the_plan_asks_the_question_as_it_is():
    assert "task='What was revenue in 2023?'" in supervised("What was revenue in 2023?")


def test_the_plan_does_not_search_for_the_name_of_the_document():
    plan = supervised("What was Corvane's revenue in 2023?", document="Corvane report")
    assert "['revenue 2023']" in plan


def test_an_answer_quotes_the_evidence_and_its_number():
    report = told('T1 What was revenue?\n[1] $9 million | "Revenue was $9 million." | p. 3')
    answer = read_move(supervised("What was revenue?", "plan", report), last=False)
    assert answer == Answer('$9 million [1]. The text says: "Revenue was $9 million."')


def test_the_finding_that_fits_best_is_quoted():
    report = told(
        '[1] $7 million | "Revenue of the toy segment was $7 million." | p. 2\n'
        '[2] $9 million | "Total revenue was $9 million." | p. 3'
    )
    assert "$9 million [2]" in supervised("What was total revenue?", "plan", report)


def test_a_finding_in_doubt_is_quoted_last():
    report = told(
        '[1] $9 million | "Total revenue was $9 million." | quote not found in the text\n'
        '[2] $8 million | "Revenue was $8 million." | p. 3'
    )
    assert "$8 million [2]" in supervised("What was total revenue?", "plan", report)


def test_a_finding_that_agrees_is_cited_too():
    report = told(
        '[1] $9 million | "Total revenue was $9 million." | p. 2\n'
        '[2] $9 million | "Revenue 9 8 7" | p. 3, columns 2023 / 2022 / 2021'
    )
    assert "[1] [2]" in supervised("What was total revenue?", "plan", report)


def test_without_evidence_it_plans_once_more_and_wider():
    again = supervised("What was revenue?", "plan", told("nothing in 6 excerpts"))
    assert "k=18" in again


def test_without_evidence_after_two_plans_it_says_so():
    nothing = told("nothing in 6 excerpts")
    reply = supervised("What was revenue?", "plan", nothing, "plan", nothing)
    assert reply == "<answer>The evidence does not tell.</answer>"


def test_on_the_last_turn_it_does_not_plan():
    last = told("nothing", "No rounds are left: reply with <answer>...</answer> only.")
    assert supervised("What was revenue?", "plan", last).startswith("<answer>")


def test_usage_is_reported_as_estimated():
    usage = ExtractiveClient().reply(job(LETTER, "When did the auditor resign?")).usage
    assert usage.estimated
    assert usage.input_tokens > 100


def test_a_reply_is_shown_to_who_wants_to_see_it_arrive():
    seen = []
    reply = ExtractiveClient().reply(job(LETTER, "When did the auditor resign?"), seen.append)
    assert "".join(seen) == reply.text


async def test_both_can_be_awaited():
    ask = job(LETTER, "When did the auditor resign?")
    assert await ExtractiveClient().areply(ask) == ExtractiveClient().reply(ask)


@pytest.mark.parametrize(
    "model", [ExtractiveClient(), OfflineSupervisor()], ids=["local", "remote"]
)
def test_both_are_models(model):
    assert isinstance(model, Model)


def test_a_priced_name_can_be_given():
    priced = OfflineSupervisor(name="gpt-4o")
    result = Minions(ExtractiveClient(), priced).run("How many people work in Brno?", LETTER)
    assert result.ledger.cost > 0


REPORT = annual_report(7)
FACTS = pytest.mark.parametrize("fact", REPORT.facts.values(), ids=list(REPORT.facts))


def right_after(result, fact):
    """Whether the answer proper, before the quote, holds the figure."""
    return fact.figure in result.answer.split(" The text says")[0]


@FACTS
def test_minions_answers_the_facts_of_the_report(fact):
    result = Minions(ExtractiveClient(), OfflineSupervisor()).run(fact.question, REPORT.document)
    assert right_after(result, fact)


@FACTS
def test_minion_answers_the_facts_of_the_report(fact):
    result = Minion(ExtractiveClient(), OfflineSupervisor()).run(fact.question, REPORT.document)
    assert right_after(result, fact)


def test_other_companies_are_read_as_well():
    reports = [annual_report(seed) for seed in range(20, 25)]
    engine = Minions(ExtractiveClient(), OfflineSupervisor())
    right = [
        right_after(engine.run(fact.question, report.document), fact)
        for report in reports
        for fact in report.facts.values()
    ]
    assert sum(right) >= 0.8 * len(right)


def test_the_citations_of_an_answer_are_verified():
    fact = REPORT.facts["capital_expenditure"]
    result = Minions(ExtractiveClient(), OfflineSupervisor()).run(fact.question, REPORT.document)
    assert result.citations
    assert all(citation.verified for citation in result.citations)


def test_a_question_without_an_answer_gets_none():
    question = "What was spent on aircraft fuel in 2023?"
    result = Minions(ExtractiveClient(), OfflineSupervisor()).run(question, REPORT.document)
    assert result.answer == "The evidence does not tell."


def test_a_question_costs_few_remote_tokens():
    fact = REPORT.facts["capital_expenditure"]
    result = Minions(ExtractiveClient(), OfflineSupervisor()).run(fact.question, REPORT.document)
    assert result.ledger.remote.usage.total_tokens < 2500


def test_several_documents_are_searched():
    documents = [Document("Nothing here.", name="a"), Document(LETTER, name="b")]
    result = Minions(ExtractiveClient(), OfflineSupervisor()).run(
        "How many people does the plant in Brno employ?", documents
    )
    assert result.citations[0].document == "b"


async def test_the_asynchronous_driver_runs_them_too():
    fact = REPORT.facts["settlement"]
    engine = Minions(
        ExtractiveClient(), OfflineSupervisor(), config=MinionsConfig(local_concurrency=2)
    )
    assert right_after(await engine.arun(fact.question, REPORT.document), fact)


def test_a_text_is_read_the_same_by_many_threads():
    chunks = [REPORT.text[span.start : span.end] for span in chunk_by_section(REPORT.text)]
    asks = [job(chunk, "What was capital expenditure in 2023?") for chunk in chunks]
    expected = [ExtractiveClient().reply(ask).text for ask in asks]
    found = {}

    def work(first):
        found[first] = [ExtractiveClient().reply(ask).text for ask in asks]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert list(found.values()) == [expected] * 4
