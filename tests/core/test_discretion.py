"""What leaves the machine: nothing verbatim with privacy="answers", nothing sensitive unhidden."""

import json

import pytest

from minions_core import Document, Minion, MinionConfig, Minions, MinionsConfig, TextDelta
from minions_core.redaction import PatternRedactor
from minions_core.testing import ScriptedModel

TEXT = (
    "CONTACTS AND DEADLINES\n\n"
    "The person in charge is reached at jane.doe@example.com on every working day of the week "
    "and the claim must be filed by 4 May 2024 at the latest.\n"
)
QUOTE = TEXT.split("\n")[2]
FOUND = {"explanation": "", "citation": QUOTE, "answer": "jane.doe@example.com, by 4 May 2024"}
PLAN = (
    "```python\ndef prepare_jobs(context):\n"
    "    return [JobManifest(chunk=context[0], task='Who is in charge?')]\n```"
)


def sent(model):
    """All that ever left for the remote model."""
    return "\n".join(message.content for ask in model.asked for message in ask.messages)


def run(*lines, worker=FOUND, protocol=Minions, question="Who is in charge?", **settings):
    config = MinionsConfig if protocol is Minions else MinionConfig
    said = worker if isinstance(worker, str) else json.dumps(worker)
    local, remote = ScriptedModel(lambda ask: said), ScriptedModel(lines)
    engine = protocol(local, remote, config=config(**settings))
    return local, remote, engine.run(question, Document(TEXT, "Letter to jane.doe@example.com"))


def hidden(*lines, **options):
    return run(*lines, redactor=PatternRedactor(), **options)


def longest_copy(text):
    """The most words in a row that `text` has from the document."""
    words = TEXT.split()
    found = (
        end - start
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if " ".join(words[start:end]) in text
    )
    return max(found, default=0)


class TestAnswersOnly:
    def test_no_quote_and_no_heading_leaves(self):
        _, remote, _ = run(PLAN, "<answer>Jane [1]</answer>", privacy="answers")
        assert "every working day" not in sent(remote)
        assert "CONTACTS" not in sent(remote)

    def test_an_answer_in_own_words_leaves(self):
        _, remote, _ = run(PLAN, "<answer>Jane [1]</answer>", privacy="answers")
        assert "by 4 May 2024" in sent(remote)

    def test_an_answer_that_is_a_copy_does_not_leave_whole(self):
        copied = {**FOUND, "answer": QUOTE}
        _, remote, _ = run(PLAN, "<answer>Jane [1]</answer>", worker=copied, privacy="answers")
        assert longest_copy(sent(remote)) <= 8

    def test_the_user_still_gets_the_quote(self):
        _, _, result = run(PLAN, "<answer>Jane [1]</answer>", privacy="answers")
        assert result.citations[0].quote == QUOTE

    def test_a_plans_own_summary_cannot_copy_either(self):
        plan = PLAN.replace(
            "\n```",
            "\n\ndef transform_outputs(jobs):\n    return jobs[0].output.citation\n```",
        )
        _, remote, _ = run(plan, "<answer>Jane [1]</answer>", privacy="answers")
        assert longest_copy(sent(remote)) <= 8

    def test_what_minions_local_model_says_cannot_copy_either(self):
        _, remote, _ = run(
            "<ask>Who?</ask>",
            "<answer>Jane [1]</answer>",
            worker=f"{QUOTE}\nQuote: {QUOTE}",
            protocol=Minion,
            privacy="answers",
        )
        assert longest_copy(sent(remote)) <= 8

    def test_quotes_leave_by_default(self):
        _, remote, _ = run(PLAN, "<answer>Jane [1]</answer>")
        assert "every working day" in sent(remote)


class TestRedaction:
    @pytest.mark.parametrize(
        ("lines", "options"),
        [
            ((PLAN, "<answer>[1]</answer>"), {}),
            ((PLAN, "<answer>[1]</answer>"), {"privacy": "answers"}),
            ((PLAN, "<answer>[1]</answer>"), {"question": "Who is jane.doe@example.com?"}),
            (("<answer>[1]</answer>",), {"preview": 200}),
            (
                ("<ask>Who?</ask>", "<answer>[1]</answer>"),
                {"protocol": Minion, "worker": f"jane.doe@example.com\nQuote: {QUOTE}"},
            ),
        ],
    )
    def test_what_is_sensitive_never_leaves(self, lines, options):
        _, remote, _ = hidden(*lines, **options)
        assert "jane.doe" not in sent(remote)
        assert "[EMAIL_1]" in sent(remote)

    def test_the_answer_has_it_restored(self):
        _, _, result = hidden(PLAN, "<answer>It is [EMAIL_1] [1].</answer>")
        assert result.answer == "It is jane.doe@example.com [1]."

    def test_so_has_the_answer_that_streams(self):
        said = json.dumps(FOUND)
        remote = ScriptedModel([PLAN, "<answer>It is [EMAIL_1] [1].</answer>"])
        config = MinionsConfig(redactor=PatternRedactor())
        engine = Minions(ScriptedModel(lambda ask: said), remote, config=config)
        events = list(engine.stream("Who?", TEXT))
        streamed = "".join(event.text for event in events if isinstance(event, TextDelta))
        assert streamed == "It is jane.doe@example.com [1]."

    def test_a_plan_that_names_a_placeholder_reads_the_text_itself(self):
        plan = PLAN.replace("context[0]", "[c for c in [context[0]] if '[EMAIL_1]' in c][0]")
        plan = plan.replace("Who is in charge?", "What of [EMAIL_1]?")
        local, _, result = hidden(plan, "<answer>[1]</answer>")
        assert result.status == "answered"
        assert "What of jane.doe@example.com?" in local.asked[0].messages[-1].content

    def test_the_question_of_minion_is_restored_for_the_local_model(self):
        local, _, _ = hidden(
            "<ask>Who is [EMAIL_1]?</ask>", "<answer>Jane</answer>", protocol=Minion, worker="Jane"
        )
        assert "Who is jane.doe@example.com?" in local.asked[0].messages[-1].content

    def test_what_the_disclosure_lists_is_what_left(self):
        _, remote, result = hidden(PLAN, "<answer>[1]</answer>")
        left = sent(remote)
        assert [item.text for item in result.disclosure.items if item.text not in left] == []

    def test_citations_are_the_documents_own_words(self):
        _, _, result = hidden(PLAN, "<answer>[1]</answer>")
        assert result.citations[0].quote == QUOTE

    def test_history_is_hidden_too(self):
        _, _, earlier = hidden(PLAN, "<answer>It is [EMAIL_1] [1].</answer>")
        remote = ScriptedModel(["<answer>Yes</answer>"])
        config = MinionsConfig(redactor=PatternRedactor())
        engine = Minions(ScriptedModel([]), remote, config=config)
        engine.run("Sure?", Document(TEXT), history=[earlier])
        assert "jane.doe" not in sent(remote)

    @pytest.mark.parametrize("privacy", ["quotes", "answers"])
    @pytest.mark.parametrize(
        ("lines", "protocol", "worker"),
        [
            ((PLAN, "<answer>[1]</answer>"), Minions, {**FOUND, "answer": "Doe"}),
            (("<ask>Who?</ask>", "<answer>[1]</answer>"), Minion, "Doe"),
        ],
    )
    def test_what_only_its_context_tells_does_not_leave_alone(
        self, lines, protocol, worker, privacy
    ):
        told = PatternRedactor(extra={"WEEKDAY": r"every (?P<value>working day)"})
        worker = json.loads(json.dumps(worker).replace("Doe", "working day"))
        _, remote, _ = run(*lines, protocol=protocol, worker=worker, privacy=privacy, redactor=told)
        assert "working day" not in sent(remote)


@pytest.mark.parametrize("settings", [{"privacy": "answers"}, {"redactor": PatternRedactor()}])
class TestWhatPlansCompute:
    def test_a_plans_own_summary_does_not_leave(self, settings):
        transform = "\n\ndef transform_outputs(jobs):\n    return jobs[0].manifest.chunk[::-1]\n```"
        _, remote, _ = run(PLAN.replace("\n```", transform), "<answer>[1]</answer>", **settings)
        assert QUOTE[::-1][:20] not in sent(remote)
        assert "transform_outputs was not run" in sent(remote)

    def test_a_task_made_of_the_document_is_told_by_its_number(self, settings):
        plan = PLAN.replace("'Who is in charge?'", "context[0][:200][::-1]")
        _, remote, _ = run(plan, "<answer>[1]</answer>", **settings)
        assert QUOTE[:20][::-1] not in sent(remote)
        assert "T1 (computed by the plan)" in sent(remote)

    def test_a_task_the_program_spells_out_is_told(self, settings):
        _, remote, _ = run(PLAN, "<answer>[1]</answer>", **settings)
        assert "T1 Who is in charge?" in sent(remote)


def test_the_class_of_a_redactor_is_refused():
    with pytest.raises(ValueError, match=r"pass an instance of it, PatternRedactor\(\)"):
        MinionsConfig(redactor=PatternRedactor)

    def test_a_name_that_a_later_document_tells_is_hidden_in_the_beginning_of_an_earlier_one(self):
        beginning = "x" * 120 + " was written by Jonathan Featherstone, who " + "went on " * 2000
        redactor = PatternRedactor(
            kinds=[], extra={"PERSON": r"Author: (?P<value>[A-Z]\w+ [A-Z]\w+)"}
        )
        remote = ScriptedModel(["<answer>?</answer>"])
        engine = Minions(ScriptedModel([]), remote, config=MinionsConfig(redactor=redactor))
        engine.run(
            "Who?", [Document(beginning, "a"), Document("Author: Jonathan Featherstone", "b")]
        )
        assert "Jonathan" not in sent(remote)
