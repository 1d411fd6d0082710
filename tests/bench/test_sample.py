"""The sample: its questions, and how the stand-ins do on them."""

from collections import Counter

import pytest

from minions_core.bench import NAMES, Options, Report, Setup, contenders, read_dataset, write_sample
from minions_core.demo import annual_report
from minions_core.errors import UsageError
from tests.bench.made import OFFLINE, bench


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return read_dataset(write_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def summaries(sample):
    work = bench(contenders(NAMES, OFFLINE, Options(), sample), questions=sample)
    work.run()
    setup = Setup(dataset="demo", local="offline", remote="offline", top_k=8, max_rounds=3)
    return {each.contender: each for each in Report(work, setup).summaries}


def test_there_are_a_dozen_questions_about_three_reports(sample):
    assert Counter(len(each.documents) for each in sample) == {1: 12}
    assert len({each.documents[0].text for each in sample}) == 3


def test_some_have_no_answer(sample):
    assert sum(not each.answers for each in sample) == 3


def test_all_others_have_evidence(sample):
    assert all(each.evidence for each in sample if each.answers)


def test_the_documents_are_the_made_up_reports(sample):
    assert sample[0].documents[0].text == annual_report(7).text


def test_it_is_the_same_every_time(tmp_path):
    first, second = write_sample(tmp_path / "a"), write_sample(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file cannot be written to"):
        write_sample(tmp_path / "file")


@pytest.mark.parametrize("name", NAMES)
def test_everybody_answers_most_of_it(summaries, name):
    assert summaries[name].measures["contains"].mean > 0.8


@pytest.mark.parametrize("name", NAMES)
def test_everybody_knows_what_is_not_told(summaries, name):
    assert summaries[name].measures["abstention"].mean > 0.8


@pytest.mark.parametrize("name", ["bm25", "minion", "minions"])
def test_who_cites_finds_most_of_the_evidence(summaries, name):
    assert summaries[name].measures["evidence"].mean > 0.6


@pytest.mark.parametrize("name", ["bm25", "minion", "minions"])
def test_a_tenth_of_the_tokens_is_enough(summaries, name):
    assert summaries[name].remote_input < summaries["remote"].remote_input / 10


def test_alone_the_local_model_sends_nothing(summaries):
    assert (summaries["local"].remote_input, summaries["local"].disclosed) == (0, 0)
