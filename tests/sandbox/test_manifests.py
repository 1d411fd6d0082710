"""What a plan says of its jobs, checked on its way out of the sandbox."""

import pytest

from minions_core.documents import Document
from minions_core.effects import Manifest
from minions_core.plan_tools import PlanTools, as_manifests
from minions_core.sandbox import monty
from tests.sandbox.playing import REPORT, finished, prepare


def job(arguments, **options):
    return prepare(
        f"def prepare_jobs(c):\n    return [JobManifest('a', 'b', {arguments})]", **options
    )


def test_a_job_has_a_kind_and_samples():
    (manifest,) = job("advice='x', kind='summary', samples=3").manifests
    assert (manifest.advice, manifest.kind, manifest.samples) == ("x", "summary", 3)


def test_a_job_that_says_neither_looks_up_as_often_as_the_settings_say():
    (manifest,) = job("").manifests
    assert (manifest.kind, manifest.samples) == ("look-up", None)


@pytest.mark.parametrize("kind", ["look_up", "lookup", "Look-Up", "LOOK UP"])
def test_a_kind_may_be_hyphenated_otherwise(kind):
    assert job(f"kind={kind!r}").manifests[0].kind == "look-up"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param("kind='guess'", "a job: the kind must be one of 'look-up'", id="a kind"),
        pytest.param("kind=3", "a job: the kind must be one of", id="no kind"),
        pytest.param("samples=9", "samples must be between 1 and 8", id="many"),
        pytest.param("samples=0", "samples must be between", id="none"),
        pytest.param("samples=-1", "samples must be between", id="fewer than none"),
        pytest.param("samples=True", "samples, how often to ask, must be a whole", id="a bool"),
        pytest.param("samples='3'", "must be a whole number, not str", id="a string"),
        pytest.param("samples=1.5", "must be a whole number, not float", id="a fraction"),
        pytest.param("advice=7", "a job: the advice must be a str, not int", id="advice"),
    ],
)
def test_what_is_wrong_with_a_job_is_told(arguments, told):
    assert told in job(arguments).error


SPELLED = "int(''.join(str(ord(ch)) for ch in c[0]))"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"return [JobManifest('a', 'b', samples={SPELLED})]", id="samples"),
        pytest.param("return [JobManifest('a', 'b', samples=7283)]", id="few samples"),
        pytest.param("return [JobManifest('a', 'b', samples=1)] * 7283", id="repeats"),
        pytest.param("return [JobManifest('a', str(n)) for n in range(7283)]", id="jobs"),
        pytest.param("return [JobManifest('a', 'b')] * 7282 + [JobManifest('', 'b')]", id="place"),
        pytest.param(f"return page(0, {SPELLED})", id="page"),
        pytest.param("return page(7283, 0)", id="document"),
        pytest.param("return page(0, 7283)", id="small page"),
        pytest.param("return chunk_by_section(c[0], 7283, 7283)", id="size"),
        pytest.param("return chunk_by_section(c[0], overlap=-7283)", id="overlap"),
        pytest.param("return chunk_by_section(c[0], overlap_sentences=7283)", id="sentences"),
        pytest.param("return near(7283)", id="near"),
        pytest.param("return search(c, 'a', k=-7283)", id="k"),
    ],
)
def test_no_number_a_plan_came_to_is_told(body):
    done = prepare(f"def prepare_jobs(c):\n    {body}", Document("HS"))
    assert done.manifests == ()
    assert "7283" not in done.error.partition(" at line")[0]


@pytest.mark.parametrize("number", ["10**5000", "-10**5000"])
@pytest.mark.parametrize(
    "result",
    [
        "[JobManifest('a', 'b', samples={0})]",
        "page(0, {0})",
        "page({0}, 1)",
        "near({0})",
        "chunk_by_section(c[0], {0}, {0})",
        "[JobManifest('a', 'b', samples={0}), JobManifest(7, 'b')]",
    ],
)
def test_a_number_beyond_all_bounds_is_an_error_like_any_other(number, result):
    done = prepare(f"def prepare_jobs(c):\n    return {result.format(number)}")
    assert "exceeds" not in done.error.lower()


def test_whatever_a_plan_returns_ends_no_run(monkeypatch):
    def fail(*args, **options):
        raise RecursionError("of Ann Smith")

    monkeypatch.setattr(monty, "as_manifests", fail)
    assert job("").error == "What the plan returned cannot be used: RecursionError."


def test_samples_of_the_same_manifest_are_limited_too():
    code = "def prepare_jobs(c):\n    return [JobManifest('a', 'b', samples=3)] * 3"
    assert "samples must be between 1 and 8" in prepare(code).error


def test_samples_count_as_jobs():
    assert "too many jobs, the limit is 7" in job("samples=8", max_manifests=7).error


def test_repeats_do_not_count_as_jobs():
    code = "def prepare_jobs(c):\n    return [JobManifest('a', 'b') for _ in range(50)]"
    assert len(prepare(code, max_manifests=1).manifests) == 1


def test_two_kinds_of_job_are_two_jobs():
    kinds = "('list', 'summary')"
    code = f"def prepare_jobs(c):\n    return [JobManifest('a', 'b', kind=k) for k in {kinds}]"
    assert [manifest.kind for manifest in prepare(code).manifests] == ["list", "summary"]


def test_later_plans_see_what_a_job_was():
    done = finished("x")
    code = "def prepare_jobs(c, jobs, outputs):\n    return [JobManifest('a', jobs[0].kind)]"
    assert prepare(code, finished=(done,)).manifests[0].task == "look-up"


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(None, id="nothing"),
        pytest.param(["a", "b"], id="too short"),
        pytest.param([b"a", "b", "", "list", None], id="bytes"),
        pytest.param(["a", ["b"], "", "list", None], id="a list"),
        pytest.param(["a", "b", {}, ["list"], None], id="a kind in a list"),
        pytest.param(["a", "b", "", "list", float("nan")], id="not a number"),
        pytest.param(["a", "b", "", "list", 10**400], id="a huge number"),
        pytest.param(["a", " \n", "", "list", None], id="a blank task"),
    ],
)
def test_every_value_that_comes_back_is_checked(row):
    with pytest.raises(ValueError, match=r"a job: |samples must be"):
        as_manifests([row], PlanTools([REPORT]), max_manifests=9, max_samples=8)


def test_a_row_is_a_manifest_at_its_place():
    rows = [["Costs were 3.", " What? ", None, "list", 2]]
    (manifest,) = as_manifests(rows, PlanTools([REPORT]), max_manifests=9, max_samples=8)
    (place,) = PlanTools([REPORT]).places_of("Costs were 3.")
    assert manifest == Manifest(chunk=place, task="What?", kind="list", samples=2)


def test_a_flood_of_rows_is_refused_unread():
    with pytest.raises(ValueError, match="too many jobs, the limit is 9"):
        as_manifests([None] * 200_000, PlanTools([]), max_manifests=9, max_samples=8)
