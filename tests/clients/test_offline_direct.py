"""The offline models, asked outright: documents and question in one prompt."""

import pytest

from minions_core.bench.direct import messages, whole
from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.documents import Document
from minions_core.effects import Ask
from minions_core.engine import Minion, Minions
from minions_core.prompts import render

BOTH = pytest.mark.parametrize(
    "model", [ExtractiveClient(), OfflineSupervisor()], ids=["local", "remote"]
)
PLANT = Document("The plant in Brno employs 412 people.", "plants.txt")
NOTE = Document(
    "The auditor resigned on May 4, 2022.\n\nQuestion: Who met? The board.", "Corvane note"
)


def asked(model, question, *documents):
    ask = Ask("remote", messages(question, whole(documents)))
    return model.reply(ask).text


@BOTH
def test_it_gives_the_bare_answer(model):
    assert asked(model, "How many people does the plant in Brno employ?", PLANT) == "412"


@BOTH
def test_it_says_when_the_documents_do_not_tell(model):
    assert asked(model, "Who is the chief medical officer?", PLANT) == "The documents do not say."


@BOTH
def test_it_reads_every_document(model):
    assert asked(model, "When did the auditor resign?", PLANT, NOTE) == "May 4, 2022"


@BOTH
def test_what_looks_like_a_question_in_a_document_is_none(model):
    assert asked(model, "How many people does the plant in Brno employ?", PLANT, NOTE) == "412"


@BOTH
def test_it_does_not_look_for_the_name_of_a_document(model):
    assert asked(model, "When did the auditor of Corvane resign?", NOTE) == "May 4, 2022"


@BOTH
def test_without_documents_it_knows_nothing(model):
    assert asked(model, "When did the auditor resign?") == "The documents do not say."


@BOTH
def test_its_usage_is_estimated(model):
    assert model.reply(Ask("remote", messages("When?", whole([PLANT])))).usage.estimated


def run(engine, question):
    made = engine(ExtractiveClient(), OfflineSupervisor())
    return made.run(question, PLANT, doc_metadata=render("answer_alone")).answer


@pytest.mark.parametrize("engine", [Minion, Minions])
def test_where_the_answer_alone_is_wanted_it_is_not_quoted(engine):
    assert run(engine, "How many people does the plant in Brno employ?") == "412 [1]"


@pytest.mark.parametrize("engine", [Minion, Minions])
def test_where_the_answer_alone_is_wanted_nothing_found_is_said_so(engine):
    assert run(engine, "Who is the chief medical officer?") == "The documents do not say."
