"""Whether it pays: the same questions answered by five contenders, scored, timed and priced.

The questions are your own, with the right answers (`read_dataset` tells the form of the file). A
`Bench` asks them and keeps what it has in a file, so that one broken off goes on; a `Report` tells
the rest: tables, a JSON file, a chart of cost and quality.
"""

from minions_core.bench.alone import alone_in
from minions_core.bench.contenders import contenders
from minions_core.bench.dataset import Place, Question, read_dataset
from minions_core.bench.judging import Judge
from minions_core.bench.money import Prices
from minions_core.bench.players import NAMES, Contender, Models, Name, Options, is_served_here
from minions_core.bench.records import FILE_NAME, Judgement, Record, Records
from minions_core.bench.report import Report, Setup
from minions_core.bench.running import Bench, Done
from minions_core.bench.sample import SAMPLE, write_sample

__all__ = [
    "FILE_NAME",
    "NAMES",
    "SAMPLE",
    "Bench",
    "Contender",
    "Done",
    "Judge",
    "Judgement",
    "Models",
    "Name",
    "Options",
    "Place",
    "Prices",
    "Question",
    "Record",
    "Records",
    "Report",
    "Setup",
    "alone_in",
    "contenders",
    "is_served_here",
    "read_dataset",
    "write_sample",
]
