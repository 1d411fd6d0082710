"""What is kept on disk, and what becomes of it after a crash."""

import pytest

from minions_core.bench.dataset import Place
from minions_core.bench.records import Judgement, Paid, Record, Records, fingerprint
from minions_core.errors import UsageError
from minions_core.messages import Usage


def record(key="k1", **more):
    given = {"question": "q1", "contender": "minions", "ending": "answered", **more}
    return Record(key=key, **given)


def kept(path, *items):
    records = Records(path)
    for item in items:
        records.add(item)
    return path


FULL = record(
    answer="412 [1]",
    found=(Place(0, 3, 9), Place(0, 12, 15)),
    cited=(Place(0, 3, 9),),
    calls=(Paid(role="remote", usage=Usage(input_tokens=9, output_tokens=1, estimated=True)),),
    remote_model="gpt-4o",
    seconds=0.25,
    document_tokens=9,
    question_tokens=3,
    disclosed_share=0.0,
)
JUDGED = Judgement(key="k2", verdict="partly", reason="Half of it.", model="gpt-4o")


def test_a_record_comes_back_as_it_was(tmp_path):
    assert Records(kept(tmp_path / "r.jsonl", FULL)).record("k1") == FULL


def test_a_judgement_comes_back_as_it_was(tmp_path):
    assert Records(kept(tmp_path / "r.jsonl", JUDGED)).judgement("k2") == JUDGED


def test_a_judgement_without_a_verdict_comes_back(tmp_path):
    unread = Judgement(key="k3", verdict=None, reason="No JSON.")
    assert Records(kept(tmp_path / "r.jsonl", unread)).judgement("k3") == unread


def test_the_one_is_not_taken_for_the_other(tmp_path):
    records = Records(kept(tmp_path / "r.jsonl", FULL, JUDGED))
    assert (records.record("k2"), records.judgement("k1")) == (None, None)


def test_nothing_cited_is_not_the_same_as_unknown(tmp_path):
    path = kept(tmp_path / "r.jsonl", record("a", cited=()), record("b", cited=None))
    records = Records(path)
    assert (records.record("a").cited, records.record("b").cited) == ((), None)


def test_the_later_of_two_counts(tmp_path):
    path = kept(tmp_path / "r.jsonl", record(ending="failed"), record(answer="412"))
    assert Records(path).record("k1").answer == "412"


def test_the_folder_is_made_when_there_is_something_to_keep(tmp_path):
    assert kept(tmp_path / "new" / "r.jsonl", FULL).exists()


def test_without_a_file_it_is_kept_in_memory():
    records = Records()
    records.add(FULL)
    assert records.record("k1") == FULL


def test_a_torn_last_line_is_passed_over(tmp_path):
    path = kept(tmp_path / "r.jsonl", FULL)
    path.write_bytes(path.read_bytes() + b'{"key":"k9","qu')
    assert Records(path).record("k1") == FULL


def test_what_comes_after_a_torn_line_is_read(tmp_path):
    path = kept(tmp_path / "r.jsonl", FULL)
    path.write_bytes(path.read_bytes() + b'{"key":"k9","qu')
    Records(path).add(JUDGED)
    assert Records(path).judgement("k2") == JUDGED


def test_a_file_that_is_one_torn_line_is_begun_anew(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"key":"k9","qu')
    assert Records(kept(path, FULL)).record("k1") == FULL


def with_a_bad_line(path):
    kept(path, FULL)
    path.write_bytes(path.read_bytes() + b'{"key":"k9"}\n')
    return kept(path, JUDGED)


def test_a_line_that_is_no_record_costs_no_other(tmp_path):
    records = Records(with_a_bad_line(tmp_path / "r.jsonl"))
    assert (records.record("k1"), records.judgement("k2")) == (FULL, JUDGED)


def test_lines_that_are_no_records_are_counted(tmp_path):
    assert Records(with_a_bad_line(tmp_path / "r.jsonl")).skipped == 1


def test_a_file_without_any_record_is_told(tmp_path):
    (tmp_path / "r.jsonl").write_text('{"key":"k9"}\n\n')
    with pytest.raises(UsageError, match=r"r\.jsonl holds no records .* --fresh"):
        Records(tmp_path / "r.jsonl")


PAID = FULL.calls


def test_what_was_paid_for_in_vain_is_kept_with_what_came_of_it(tmp_path):
    path = kept(tmp_path / "r.jsonl", record(ending="failed", calls=PAID))
    kept(path, record(ending="failed", calls=PAID), record(answer="412", calls=PAID))
    again = Records(path).record("k1")
    assert (again.earlier, again.calls) == (PAID * 2, PAID)


def test_so_is_what_a_judge_was_paid_in_vain(tmp_path):
    path = kept(tmp_path / "r.jsonl", Judgement(key="k2", calls=PAID), JUDGED)
    assert Records(path).judgement("k2").earlier == PAID


def test_begun_anew_nothing_is_known(tmp_path):
    path = kept(tmp_path / "r.jsonl", FULL)
    assert Records(path, fresh=True).record("k1") is None


def test_begun_anew_what_was_done_is_put_aside(tmp_path):
    path = kept(tmp_path / "r.jsonl", FULL)
    Records(path, fresh=True)
    assert Records(tmp_path / "r.1.jsonl").record("k1") == FULL


def test_what_was_put_aside_before_stays(tmp_path):
    path = kept(tmp_path / "r.jsonl", FULL)
    Records(path, fresh=True).add(JUDGED)
    Records(path, fresh=True)
    assert Records(tmp_path / "r.1.jsonl").record("k1") == FULL


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "r.jsonl").mkdir()
    with pytest.raises(UsageError, match=r"r\.jsonl cannot be read"):
        Records(tmp_path / "r.jsonl")


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"r\.jsonl cannot be written"):
        Records(tmp_path / "file" / "r.jsonl").add(FULL)


def test_calls_are_added_up_by_role():
    calls = [Paid(role=role, usage=Usage(input_tokens=5)) for role in ("local", "local", "remote")]
    made = record(calls=tuple(calls))
    assert (made.used("local").input_tokens, made.calls_of("remote")) == (10, 1)


@pytest.mark.parametrize(("verdict", "score"), [("right", 1), ("partly", 0.5), ("wrong", 0)])
def test_a_verdict_is_worth_something(verdict, score):
    assert Judgement(key="k", verdict=verdict).score == score


def test_no_verdict_is_worth_nothing_known():
    assert Judgement(key="k", verdict=None).score is None


def test_settings_in_another_order_are_the_same():
    assert fingerprint(a=1, b={"c": 2, "d": 3}) == fingerprint(b={"d": 3, "c": 2}, a=1)


def test_other_settings_have_another_fingerprint():
    assert fingerprint(a=1) != fingerprint(a=2)
