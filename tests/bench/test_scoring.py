"""Scores by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.bench.dataset import Place
from minions_core.bench.scoring import MEASURES, Scores, abstained, scores
from tests.bench.made import question


def scored(answer, *golds, found=None, cited=None, **more):
    return scores(question(answers=golds, **more), answer, found=found, cited=cited)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("The Normans", "normans"),
        ("  Ada   Quarles. ", "Ada Quarles"),
        ("$1,577 million", "1577 million"),
        ("\u201cAda\u201d", "Ada"),
        ("412 [1]", "412"),
        ("412 [1, 3]", "412"),
        ("\u00abAda\u00bb\u2026", "Ada"),
        ("2019\u20132020", "2019-2020"),
        ("\uff14\uff11\uff12\u3002", "412"),
        ("the \ufb01rm", "firm"),
    ],
)
def test_what_differs_in_form_alone_is_an_exact_match(answer, gold):
    assert scored(answer, gold).exact == 1


@pytest.mark.parametrize(("answer", "gold"), [("412 people", "412"), ("1578", "1577"), ("", "412")])
def test_what_differs_in_words_is_no_exact_match(answer, gold):
    assert scored(answer, gold).exact == 0


def test_f1_weighs_the_words_in_common():
    assert scored("in the 10th century", "10th and 11th century").f1 == pytest.approx(4 / 7)


def test_a_word_counts_as_often_as_it_stands_in_both():
    assert scored("no no no", "no").f1 == 0.5


def test_words_that_have_nothing_in_common_have_no_f1():
    assert scored("Norway", "Denmark").f1 == 0


def test_of_several_right_answers_the_one_that_suits_best_counts():
    assert scored("Denmark", "Norway", "Denmark").f1 == 1


def test_an_answer_in_a_sentence_contains_it():
    assert scored("It employs 412 people.", "412 people").contains == 1


def test_a_part_of_a_word_is_not_contained():
    assert scored("It employs 4120.", "412").contains == 0


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("It was 1577.", "1,577"),
        ("1,577.0 million", "$1,577 million"),
        ("from 9.50% to 10%", "9.5 %"),
        ("1930 and 1931", "1931 and 1930"),
    ],
)
def test_figures_are_found_however_they_are_written(answer, gold):
    assert scored(answer, gold).figures == 1


def test_a_figure_that_is_missing_is_missed():
    assert scored("It was 1930.", "1930 and 1931").figures == 0


def test_an_answer_without_figures_has_no_score_for_them():
    assert scored("Ada", "Ada Quarles").figures is None


def test_evidence_is_found_where_something_shown_overlaps_it():
    evidence = ((Place(0, 0, 9),), (Place(0, 40, 50),))
    assert scored("412", "412", found=[Place(0, 5, 20)], evidence=evidence).evidence == 0.5


def test_evidence_of_another_document_is_not_found():
    assert scored("4", "4", found=[Place(1, 0, 9)], evidence=((Place(0, 0, 9),),)).evidence == 0


def test_what_only_touches_is_not_found():
    assert scored("4", "4", found=[Place(0, 9, 12)], evidence=((Place(0, 0, 9),),)).evidence == 0


def test_evidence_may_be_found_in_any_of_its_places():
    evidence = ((Place(0, 0, 9), Place(1, 3, 12)),)
    assert scored("4", "4", found=[Place(1, 4, 5)], evidence=evidence).evidence == 1


def test_who_is_shown_nothing_finds_none_of_it():
    assert scored("4", "4", found=[], evidence=((Place(0, 0, 9),),)).evidence == 0


def test_evidence_is_unknown_for_who_is_shown_everything():
    assert scored("4", "4", found=None, evidence=((Place(0, 0, 9),),)).evidence is None


def test_evidence_is_unknown_where_there_is_none():
    assert scored("4", "4", found=[Place(0, 0, 9)]).evidence is None


def test_what_the_answer_points_at_has_a_score_of_its_own():
    evidence = ((Place(0, 0, 9),), (Place(0, 40, 50),))
    found = [Place(0, 5, 20), Place(0, 40, 41)]
    marks = scored("412", "412", found=found, cited=found[:1], evidence=evidence)
    assert (marks.evidence, marks.cited) == (1, 0.5)


def test_citations_are_unknown_for_who_does_not_cite():
    assert scored("4", "4", found=[], evidence=((Place(0, 0, 9),),)).cited is None


@pytest.mark.parametrize(
    "answer",
    ["", "The documents do not say.", "The evidence does not tell.", "Not mentioned in the text."],
)
def test_to_say_that_it_is_not_told_is_to_abstain(answer):
    assert abstained(answer)


@pytest.mark.parametrize("answer", ["No", "0", "None of the directors resigned."])
def test_a_short_answer_is_an_answer(answer):
    assert not abstained(answer)


def test_where_nothing_is_told_to_abstain_is_right():
    assert scored("The documents do not say.") == Scores(exact=1, f1=1, contains=1, abstention=1)


def test_where_nothing_is_told_it_must_be_said():
    assert scored("") == Scores(exact=0, f1=0, contains=0, abstention=0)


def test_where_nothing_is_told_any_answer_is_wrong():
    assert scored("412") == Scores(exact=0, f1=0, contains=0, abstention=0)


def test_where_something_is_told_to_abstain_is_wrong():
    assert scored("The documents do not say.", "412").abstention == 0


def test_what_a_judge_says_is_passed_on():
    assert scores(question(), "412", judge=0.5).judge == 0.5


@given(answer=st.text(max_size=40), golds=st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_every_score_is_unknown_or_from_0_to_1(answer, golds):
    found = scored(answer, *golds, found=[], cited=[], evidence=((Place(0, 0, 1),),))
    known = [value for name in MEASURES if (value := getattr(found, name)) is not None]
    assert all(0 <= value <= 1 for value in known)


@given(st.text(alphabet="ab c12,.", min_size=1, max_size=20).filter(str.strip))
def test_the_right_answer_itself_is_an_exact_match(gold):
    found = scored(gold, gold)
    assert (found.exact, found.f1, found.contains) == (1, 1, 1)
