"""Over all calls of a tool a placeholder stands for one value, and documents are searched once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from minions_core.config import MinionsConfig
from minions_core.documents import Document
from minions_core.redaction import PatternRedactor
from minions_core.result import MinionsResult
from minions_core.tool_words import Teller

TEXT = "The deductible of Ada Moreau is $450."
LETTER = Document(TEXT, "letter.txt")
REDACTED = MinionsConfig(redactor=PatternRedactor(extra={"PERSON": "Ada Moreau"}))


def result(answer="$450"):
    return MinionsResult(
        protocol="minions", question="Who is it?", answer=answer, status="answered"
    )


def test_a_value_keeps_its_placeholder_whatever_is_asked_next():
    config = MinionsConfig(redactor=PatternRedactor())
    letter = Document("Write to bob@x.org or to ann@x.org.", "letter.txt")
    teller = Teller(config, [letter])
    first = teller.findings(result("bob@x.org"), [letter])
    about_ann = replace(result("bob@x.org"), question="Who is ann@x.org?")
    assert teller.findings(about_ann, [letter]) == first == "[EMAIL_1]"


def test_a_placeholder_is_the_same_in_documents_found_later():
    teller = Teller(MinionsConfig(redactor=PatternRedactor()))
    one, other = (Document(f"{name}@x.org, bob@x.org", "a.txt") for name in ("cid", "ann"))
    told = [teller.findings(result("bob@x.org"), [found]) for found in (one, other)]
    assert told == ["[EMAIL_2]", "[EMAIL_2]"]


def test_a_placeholder_in_a_question_means_what_was_told():
    teller = Teller(REDACTED, [LETTER])
    assert teller.reveal("What does [PERSON_1] pay?") == "What does [PERSON_1] pay?"
    teller.findings(result("Ada Moreau"), [LETTER])
    assert teller.reveal("What does [PERSON_1] pay?") == "What does Ada Moreau pay?"


def test_a_placeholder_that_a_document_holds_itself_is_never_given_out():
    letter = Document("[EMAIL_1] and bob@x.org", "letter.txt")
    teller = Teller(MinionsConfig(redactor=PatternRedactor()), [letter])
    assert teller.findings(result("bob@x.org"), [letter]) == "[EMAIL_2]"


class Counting(PatternRedactor):
    """One that keeps the texts it was given."""

    def __init__(self):
        super().__init__()
        self.searched = []

    def find(self, text):
        self.searched.append(text)
        return super().find(text)


def test_documents_are_searched_once_and_when_something_is_told_of_them():
    redactor = Counting()
    teller = Teller(MinionsConfig(redactor=redactor), [LETTER])
    assert redactor.searched == []
    for _ in range(2):
        teller.findings(result(), [replace(LETTER)])
    assert redactor.searched.count(TEXT) == 1


def test_documents_without_names_are_not_searched_for_the_purpose():
    redactor = Counting()
    Teller(MinionsConfig(redactor=redactor), [Document(TEXT)]).purpose()
    assert redactor.searched == []


class Alone(PatternRedactor):
    """One that is used by a single thread at a time, or fails."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()

    def find(self, text):
        assert self.lock.acquire(blocking=False)
        time.sleep(0.001)
        self.lock.release()
        return super().find(text)


def test_several_threads_may_use_one():
    teller = Teller(MinionsConfig(redactor=Alone()))
    letters = [Document("bob@x.org", f"{number}.txt") for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        told = threads.map(lambda each: teller.findings(result("bob@x.org"), [each]), letters)
        assert set(told) == {"[EMAIL_1]"}
