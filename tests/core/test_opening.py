"""The first turn: it stays short, however many documents and earlier turns there are."""

from minions_core import Document, Minions, Turn
from minions_core.messages import estimate_tokens
from minions_core.testing import ScriptedModel


class Sized(ScriptedModel):
    """Takes the window it is asked to have."""

    def sized_for(self, tokens):
        self.tokens = tokens
        return self


def opening(*documents, question="Revenue?", **options):
    remote = Sized(["<answer>7</answer>"])
    Minions(ScriptedModel([]), remote).run(question, documents, **options)
    text = "\n".join(message.content for message in remote.asked[0].messages)
    return text, remote.tokens


def test_of_many_documents_the_first_are_listed_and_the_rest_counted():
    text, tokens = opening(*(Document(f"Revenue {n}.", f"note {n}.txt") for n in range(5000)))
    assert "to context[4999]" in text
    assert estimate_tokens(text) < tokens < 20_000


def test_of_a_long_history_the_latest_turns_are_told_and_the_rest_counted():
    turns = [Turn(question=f"Question {n}?", answer="word " * 300) for n in range(100)]
    text, _ = opening(Document("Revenue was 7."), history=turns)
    assert "Question 99?" in text
    assert "Question 90?" not in text
    assert "left out: 94" in text


def test_the_last_turn_is_told_however_long_it_is():
    text, tokens = opening(
        Document("Revenue was 7."), history=[Turn(question="Before?", answer="word " * 30_000)]
    )
    assert "Before?" in text
    assert estimate_tokens(text) < tokens


def test_the_remote_window_holds_a_long_question_and_long_notes():
    text, tokens = opening(
        Document("Revenue was 7."), question="word " * 20_000, doc_metadata="note " * 20_000
    )
    assert estimate_tokens(text) < tokens
