"""Questions, contenders and records as tests of the benchmark need them."""

import json

import pytest

from minions_core.bench import Bench, Models, Options, Prices, Question, Records, contenders
from minions_core.bench.players import Answered
from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.documents import Document
from minions_core.events import CallFinished
from minions_core.messages import Usage

PLANT = Document("The plant in Brno employs 412 people.\n\nIt was built in 1931.", "plants.txt")
OFFLINE = Models(
    local=ExtractiveClient(),
    remote=OfflineSupervisor(),
    local_spec="offline",
    remote_spec="offline",
)


def question(name="q1", text="How many people does the plant in Brno employ?", **more):
    given = {"documents": (PLANT,), "answers": ("412",), **more}
    return Question(id=name, text=text, **given)


def models(local=None, remote=None):
    """Two models known by their names."""
    local, remote = local or ExtractiveClient(), remote or OfflineSupervisor()
    return Models(local=local, remote=remote, local_spec=local.name, remote_spec=remote.name)


def contender(name, players=OFFLINE, questions=(), **options):
    (made,) = contenders([name], players, Options(**options), list(questions) or [question()])
    return made


def answered(name, asked=None, players=OFFLINE, **options):
    """What a contender makes of a question."""
    asked = asked or question()
    return contender(name, players, [asked], **options).answer(asked, lambda _: None)


class Scripted:
    """A contender that answers as it is told, one call of the remote model an answer.

    Args:
        script: what to answer to the question of each id; an exception is raised.
    """

    def __init__(self, script, *, name="remote", settings=None):
        self.name = name
        self.settings = {"contender": name, **(settings or {})}
        self.asked = []
        self._script = script

    def answer(self, question, observe):
        self.asked.append(question.id)
        told = self._script(question.id) if callable(self._script) else self._script[question.id]
        if isinstance(told, BaseException):
            raise told
        usage = Usage(input_tokens=1000, output_tokens=10)
        observe(CallFinished(role="remote", label="answer", usage=usage, seconds=0.0))
        return Answered(
            answer=told,
            ending="answered",
            found=None,
            cited=None,
            remote_model="gpt-4o",
            disclosed_share=1.0,
        )


PRICES = Prices(remote="gpt-4o")


def bench(contenders, *, questions=None, path=None, **more):
    """A benchmark of scripted contenders, its records in a file if a path is given."""
    given = {"prices": PRICES, "records": Records(path), **more}
    return Bench(questions=questions or [question()], contenders=contenders, **given)


def questions(number):
    return [question(f"q{n}", f"Question {n}?") for n in range(1, number + 1)]


THREE = questions(3)
ALL_RIGHT = {"q1": "412", "q2": "412", "q3": "412"}


def ran(*contenders, **more):
    """A benchmark of three questions that has run."""
    work = bench(list(contenders), **{"questions": THREE, **more})
    work.run()
    return work


def broken_off(error, *contenders, **more):
    """One that ended with this error."""
    work = bench(list(contenders), **{"questions": THREE, **more})
    with pytest.raises(error):
        work.run()
    return work


def endings(work):
    """How each question to each contender ended; None if it was not asked."""
    known = (work.record_of(one, each) for one in work.contenders for each in work.questions)
    return [record and record.ending for record in known]


def jsonl(path, *lines):
    """A file of these lines, each a text or what it holds."""
    told = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return path
