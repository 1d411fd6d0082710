"""Follow-up questions: what was asked, answered and shown before is there again."""

import json

import pytest

from minions_core import Citation, Document, Minion, Minions, MinionsConfig, Turn, UsageError
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million in 2022.\n\nRevenue was 9 million in 2023.\n"
REPORT = Document(TEXT, "report.txt")
PLAN = (
    "```python\ndef prepare_jobs(context):\n"
    "    found = search(chunk_by_paragraph(context[0], 40), '2022', 1)\n"
    "    return [JobManifest(chunk=c, task='Revenue?') for c in found]\n```"
)


def seven():
    found = {"explanation": "", "citation": "Revenue was 7 million in 2022.", "answer": "7 million"}
    return ScriptedModel(lambda ask: json.dumps(found))


def nine():
    found = {"explanation": "", "citation": "Revenue was 9 million in 2023.", "answer": "9 million"}
    return ScriptedModel(lambda ask: json.dumps(found))


def first_result():
    remote = ScriptedModel([PLAN, "<answer>It was 7 million [1].</answer>"], name="gpt-4o")
    return Minions(seven(), remote).run("Revenue in 2022?", REPORT)


def follow_up(*lines, history, context=REPORT, local=None, protocol=Minions):
    remote = ScriptedModel(lines, name="gpt-4o")
    result = protocol(local or nine(), remote).run("And in 2023?", context, history=history)
    return remote.asked[0].messages[1].content, result


def test_the_remote_model_is_told_what_was_asked_and_answered_before():
    opening, _ = follow_up("<answer>9</answer>", history=[first_result()])
    assert "Question: Revenue in 2022?\nAnswer: It was 7 million [1]." in opening


def test_the_question_comes_after_what_was_said_before():
    opening, _ = follow_up("<answer>9</answer>", history=[first_result()])
    assert opening.index("Revenue in 2022?") < opening.index("Question: And in 2023?")


def test_earlier_evidence_is_cited_again_without_being_read_again():
    _, result = follow_up("<answer>Still 7 million [1].</answer>", history=[first_result()])
    assert (result.ledger.local.calls, result.citations[0].verified) == (0, True)
    assert TEXT[result.citations[0].start : result.citations[0].end].startswith("Revenue was 7")


def test_new_evidence_is_numbered_on():
    plan = PLAN.replace("2022", "2023")
    _, result = follow_up(plan, "<answer>7 [1], then 9 [2].</answer>", history=[first_result()])
    assert [citation.answer for citation in result.citations] == ["7 million", "9 million"]


def test_evidence_that_no_longer_stands_in_the_documents_is_gone():
    changed = Document("Revenue was 6 million in 2022.", "report.txt")
    opening, result = follow_up(
        "<answer>It was 7 [1].</answer>", history=[first_result()], context=changed
    )
    assert "[1]" not in opening
    assert result.citations == ()
    assert "[1]" in result.notes[0]


def test_a_plain_turn_is_history_too():
    opening, _ = follow_up("<answer>9</answer>", history=[Turn(question="In 2022?", answer="7")])
    assert "Question: In 2022?\nAnswer: 7" in opening


def test_evidence_shown_again_is_disclosed_again():
    _, result = follow_up("<answer>7 [1].</answer>", history=[first_result()])
    assert {"quote", "history"} <= {item.kind for item in result.disclosure.items}


def test_minion_follows_up_too():
    opening, result = follow_up(
        "<answer>7 million [1].</answer>", history=[first_result()], protocol=Minion
    )
    assert "Answer: It was 7 million [1]." in opening
    assert result.citations[0].verified


def test_a_single_result_is_a_history_of_one():
    opening, _ = follow_up("<answer>9</answer>", history=first_result())
    assert "Revenue in 2022?" in opening


@pytest.mark.parametrize("history", ["earlier", [("q", "a")], [None], 3])
def test_anything_else_is_refused(history):
    with pytest.raises(UsageError, match="Turn"):
        Minions(nine(), nine()).run("And in 2023?", REPORT, history=history)


def test_with_answers_alone_an_earlier_answer_quotes_no_document_that_is_no_longer_given():
    sentence = "The lease of the mill ends when the last of the heirs comes of age."
    cited = Citation(
        number=1,
        document="lease.txt",
        document_index=0,
        quote=sentence,
        answer="of age",
        check="verified",
    )
    earlier = Turn(question="When?", answer=f'It says: "{sentence}" [1]', evidence=(cited,))
    remote = ScriptedModel(["<answer>No.</answer>"], name="gpt-4o")
    engine = Minions(nine(), remote, config=MinionsConfig(privacy="answers"))
    engine.run("And in 2023?", REPORT, history=[earlier])
    told = remote.asked[0].messages[-1].content
    assert 'It says: "The lease ... of age."' in told
