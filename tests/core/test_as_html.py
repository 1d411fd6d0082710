"""Results and passages as HTML: all of it told, none of it able to do anything."""

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.as_html import dollars, excerpt, highlighted, result_html
from minions_core.documents import Span
from minions_core.ledger import Account, Disclosed, Disclosure, Ledger
from minions_core.messages import Usage
from minions_core.result import Citation, JobResult, MinionsResult, RoundRecord

HOSTILE = st.text(alphabet="<>&\"'=/;:#! \n\x00\x0c\x1b\ud800aimgscriptonerror`{}()-", max_size=40)
TEXTS = st.text(max_size=200) | HOSTILE
SPANS = st.lists(st.builds(Span, st.integers(0, 250), st.integers(0, 250)), max_size=5)


class Seen(HTMLParser):
    """What a browser would see: tags with the names of their attributes, and text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        self.tags.append("/" + tag)

    def handle_data(self, data):
        self.text += data


def result_of(text, **changes):
    """A result with `text` wherever a text can be."""
    citation = Citation(
        number=1, document=text, document_index=0, quote=text, answer=text, check="verified",
        start=0, end=9, page=3, heading=text,
    )  # fmt: skip
    job = JobResult(
        id=1, task=text, status="answered", document=text, span=Span(0, 9), answer=text, detail=text
    )
    account = Account(calls=1, failed=1, models=(text,), usage=Usage(input_tokens=9))
    items = (
        Disclosed(kind="quote", text=text, document=text),
        Disclosed(kind="task", text=text, document="another"),
    )
    result = MinionsResult(
        protocol="minions",
        question=text,
        answer=f"{text} [1]",
        status="answered",
        citations=(citation,),
        rounds=(RoundRecord(number=1, plan=text, report=text, jobs=(job,)),),
        ledger=Ledger(remote=account, local=account),
        disclosure=Disclosure(items=items, tokens=4, document_tokens=80),
        notes=(text,),
        output={text: text},
    )
    return replace(result, **changes)


def text_of(result):
    return Seen(result_html(result)).text


@given(HOSTILE)
def test_no_text_of_a_result_becomes_a_tag_or_an_attribute(text):
    assert Seen(result_html(result_of(text))).tags == Seen(result_html(result_of("harmless"))).tags


@given(HOSTILE)
def test_nothing_in_a_result_runs_or_fetches(text):
    seen = Seen(result_html(result_of(text)))
    names = {name for _, name, _ in seen.attributes}
    links = [value for _, name, value in seen.attributes if name == "href"]
    assert names == {"style", "class", "id", "href", "title"}
    assert [link for link in links if not re.fullmatch(r"#minions-[0-9a-f]{12}-1", link)] == []


@given(HOSTILE)
def test_styles_hold_nothing_of_the_texts(text):
    def styles(text):
        seen = Seen(result_html(result_of(text)))
        return [value for _, name, value in seen.attributes if name == "style"]

    assert styles(text) == styles("harmless")
    assert "url(" not in "".join(styles(text))


@given(TEXTS, SPANS)
def test_a_highlighted_text_is_the_text_with_nothing_but_marks(text, spans):
    seen = Seen(highlighted(text, spans))
    printable = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text)
    assert seen.text == printable
    assert set(seen.tags) <= {("mark", "style"), "/mark"}


class Marked(HTMLParser):
    """The text within marks."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.found = False, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.inside = True
        self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


@given(st.text("ab <&\n", max_size=80), SPANS, st.none() | st.integers(0, 20))
def test_every_character_of_a_passage_is_marked_once(text, spans, around):
    places = sorted({place for span in spans for place in range(span.start, span.end)})
    expected = "".join(text[place] for place in places if place < len(text))
    assert "".join(Marked(highlighted(text, spans, around=around)).found) == expected


def test_passages_that_overlap_or_touch_are_one():
    html = highlighted("one two three", [Span(4, 7), Span(0, 5), Span(7, 9)])
    assert Marked(html).found == ["one two t"]


def test_around_passages_whole_words_are_shown():
    text = "The first word is far from the passage that is meant and the last is far as well."
    start = text.index("passage")
    shown = Seen(highlighted(text, [Span(start, start + 7)], around=10)).text
    assert shown == " … from the passage that is … "


def test_passages_far_apart_are_shown_apart():
    text = "first" + " and more" * 20 + " last"
    spans = [Span(0, 5), Span(len(text) - 4, len(text))]
    assert Seen(highlighted(text, spans, around=9)).text == "first and more … and more last"


def test_an_excerpt_is_a_block_of_what_is_around_passages():
    text = "The first word is far from the passage that is meant and the last is far as well."
    start = text.index("passage")
    seen = Seen(excerpt(text, [Span(start, start + 7)], around=10))
    assert (seen.tags[0][0], seen.text) == ("div", " … from the passage that is … ")


@pytest.mark.parametrize("html", [excerpt("$1 to $2", []), result_html(result_of("$1 to $2"))])
def test_notebooks_are_told_that_dollars_are_no_formula(html):
    _, name, value = Seen(html).attributes[1]
    assert (name, value) == ("class", "tex2jax_ignore mathjax_ignore")


def test_without_passages_nothing_is_around_them():
    assert highlighted("one two", [], around=3) == ""


def test_markers_lead_to_their_citations():
    seen = Seen(result_html(result_of("x", answer="It is so [1], and [2] is not known.")))
    targets = [value for _, name, value in seen.attributes if name == "href"]
    places = [value for _, name, value in seen.attributes if name == "id"]
    assert targets == [f"#{place}" for place in places]
    assert "It is so [1], and [2] is not known." in seen.text


@pytest.mark.parametrize("marker", ["[1, 2]", "[1-2]", "[Evidence 1 and 2]", "[2; 1]"])
def test_markers_of_several_numbers_lead_to_all_of_them(marker):
    one = result_of("x").citations[0]
    result = result_of("x", answer=f"So {marker}.", citations=(one, replace(one, number=2)))
    links = [
        value[-2:] for _, name, value in Seen(result_html(result)).attributes if name == "href"
    ]
    assert sorted(links) == ["-1", "-2"]


def test_two_results_on_a_page_have_links_of_their_own():
    def places(text):
        seen = Seen(result_html(result_of(text)))
        return {value for _, name, value in seen.attributes if name == "id"}

    assert not places("one") & places("another")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("verified", "verified"),
        ("partial", "quote found, but a figure of the answer is not in it"),
        ("unverified", "not found in the document"),
    ],
)
def test_a_check_is_told_in_words(check, said):
    citation = replace(result_of("x").citations[0], check=check)
    assert f'[1] x, p. 3, "x" {said}' in text_of(result_of("x", citations=(citation,)))


def test_votes_are_told():
    citation = replace(result_of("x").citations[0], samples=3, agreed=2)
    assert "verified, 2 of 3 agreed" in text_of(result_of("x", citations=(citation,)))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("answered", "Answer"),
        ("exhausted", "No answer from the remote model. The best evidence found"),
        ("budget", "Answer within the budget, a limit of which was reached"),
        ("failed", "The run broke off. The answer up to then"),
    ],
)
def test_how_a_run_ended_is_told_first(status, said):
    assert text_of(result_of("x", status=status)).startswith(said)


def test_no_answer_is_said_to_be_none():
    assert "No answer was found." in text_of(result_of("x", answer="", status="failed"))


def test_money_that_is_not_known_is_unknown():
    said = "Cost unknown; sending the remote model everything unknown; saved unknown"
    assert said in text_of(result_of("x"))


def test_the_bill_tells_what_was_saved():
    ledger = Ledger(cost=Decimal("0.01"), baseline=Decimal("0.04"))
    said = "Cost $0.0100; sending the remote model everything $0.0400; saved $0.0300 (75%)"
    assert said in text_of(result_of("x", ledger=ledger))


def test_a_run_that_cost_more_is_not_said_to_have_saved():
    ledger = Ledger(cost=Decimal("0.05"), baseline=Decimal("0.04"))
    assert "everything $0.0400; so $0.0100 more was paid" in text_of(result_of("x", ledger=ledger))


def test_a_quote_that_was_not_given_is_said_to_be_missing():
    citation = replace(result_of("x").citations[0], quote="", check="unverified")
    assert "no quote was given" in text_of(result_of("x", citations=(citation,)))


def test_of_long_lists_the_rest_is_counted():
    items = tuple(Disclosed(kind="quote", text=f"item {n}.") for n in range(1_234))
    told = text_of(result_of("x", disclosure=Disclosure(items=items)))
    assert ("item 99." in told, "item 100." in told) == (True, False)
    assert "and 1,134 more" in told


def test_rounds_of_a_chat_tell_who_said_what():
    chat = RoundRecord(number=1, plan="What is x?", report="It is 7.")
    told = text_of(result_of("x", protocol="minion", rounds=(chat,)))
    assert "The remote model askedWhat is x?The local model saidIt is 7." in told


def test_notebooks_show_a_result_as_html():
    assert result_of("x")._repr_html_() == result_html(result_of("x"))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (None, "unknown"),
        ("0", "$0.0000"),
        ("0.0059225", "$0.0059"),
        ("1234.5", "$1,234.5000"),
        ("-0.01", "-$0.0100"),
        ("0.000005", "$0.000005"),
    ],
)
def test_money_is_told_as_people_read_it(amount, said):
    assert dollars(None if amount is None else Decimal(amount)) == said
