"""Text from elsewhere is shown and does nothing, wherever on the page it stands."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.app.markup import Html, div, joined, prose, tag, text
from tests.apps.app.visits import Visit, spoken
from tests.wire import WireReply, WireServer

ATTACK = (
    "The treasure is worth $512 million <script>alert(1)</script><img src=x onerror=alert(2)> "
    "![spy](http://192.0.2.1/spy.png) [press](javascript:alert(3)) <http://192.0.2.1/> "
    "</div><style>*{display:none}</style> 'as they say'."
)
OURS = {
    *("div", "span", "p", "b", "strong", "em", "ul", "ol", "li", "pre", "code", "br", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("details", "summary", "button", "section", "mark", "blockquote"),
}
OUR_ATTRIBUTES = {
    "class",
    "role",
    "tabindex",
    "type",
    "title",
    "data-cite",
    "aria-label",
    "style",
    "start",
}
NUMBER = re.compile(r"\[(\d+)\]")


class Elements(HTMLParser):
    """The elements of some markup and their attributes."""

    def __init__(self, markup):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)


def strangers(markup):
    """Elements and attributes that we never make."""
    made = Elements(markup)
    return made.names - OURS, made.attributes - OUR_ATTRIBUTES


def marked(match):
    return tag("button", match[0], data_cite=match[1])


def markup_of(visit):
    """All markup of ours on the page, our style sheet left out."""
    bodies = [element.proto.body for element in visit.tab.get("html")]
    data = [json.loads(part.proto.json) for part in visit.tab.get("bidi_component")]
    htmls = [part["html"] for part in data if "html" in part]
    return "\n".join([body for body in bodies if not body.startswith("<style>")] + htmls)


@pytest.fixture(scope="module")
def attacked():
    """A page on which the attack is document, file name and question."""
    visit = Visit()
    visit.upload((f"{ATTACK[30:70]}.txt", f"# {ATTACK}\n\n{ATTACK}".encode(), "text/plain"))
    visit.answered("How much is the treasure worth? <img src=x onerror=alert(5)>")
    return visit


@pytest.fixture(scope="module")
def betrayed():
    """A page on which both models and their server attack."""
    attack = json.dumps({"explanation": ATTACK, "citation": ATTACK, "answer": ATTACK})
    job = f"JobManifest(chunk=context[0], task={ATTACK!r})"
    plan = f"```python\ndef prepare_jobs(context, *_):\n    return [{job}]\n```"
    answer = (
        f"<answer>{ATTACK} [1] [2]({ATTACK})\n\n[1]: http://192.0.2.1/\n\n```[1]\nx\n```</answer>"
    )
    refused = WireReply(ATTACK, status=400)
    with WireServer(spoken(remote=(plan, answer, refused), local=attack)) as server:
        visit = Visit()
        visit.paste(ATTACK)
        visit.choose_server("local", server.openai_url)
        visit.choose_server("remote", server.openai_url)
        visit.answered("What is it worth?")
        visit.answered("And now?")
    return visit


def test_a_hostile_document_makes_no_element(attacked):
    assert strangers(markup_of(attacked)) == (set(), set())


def test_a_hostile_document_is_shown_as_it_is(attacked):
    assert "<script>alert(1)</script>" in attacked.answer()


def test_hostile_models_make_no_element(betrayed):
    assert betrayed.session.turns[0].result.citations
    assert strangers(markup_of(betrayed)) == (set(), set())


def test_a_hostile_server_makes_no_element(betrayed):
    assert "&lt;script&gt;" in "".join(
        part.proto.body for part in betrayed.tab.get("html") if 'role="alert"' in part.proto.body
    )


def test_nothing_hostile_is_read_as_markdown(attacked, betrayed):
    shown = [*attacked.tab.markdown, *attacked.tab.caption, *betrayed.tab.markdown]
    assert not any("192.0.2.1" in part.value for part in shown)


@given(st.text())
def test_text_makes_no_element(given_text):
    assert strangers(text(given_text)) == (set(), set())


@given(st.text(), st.text())
def test_neither_content_nor_attributes_make_elements(content, attribute):
    made = Elements(tag("div", content, title=attribute))
    assert (made.names, made.attributes <= {"title"}) == ({"div"}, True)


@given(
    st.text() | st.sampled_from([ATTACK, f"[x]: {ATTACK}", f"```{ATTACK}\n```", f"| {ATTACK} |"])
)
def test_prose_makes_only_elements_of_prose(given_text):
    assert strangers(prose(given_text, NUMBER, marked)) == (set(), set())


@given(st.text(alphabet="[]()!<>`*_~|-#:1\n &;/\\\"'="))
def test_prose_of_marks_makes_only_elements_of_prose(given_text):
    assert strangers(prose(given_text, NUMBER, marked)) == (set(), set())


def test_prose_shows_lists_and_emphasis():
    assert "<li><strong>one</strong></li>" in prose("- **one**\n- two", NUMBER, marked)


def test_prose_shows_tables():
    assert "<td>1</td>" in prose("| a |\n|---|\n| 1 |", NUMBER, marked)


def test_a_marker_in_prose_is_put_in_its_place():
    assert prose("It is 7 [1].", NUMBER, marked) == (
        '<p>It is 7 <button data-cite="1">[1]</button>.</p>&#10;'
    )


def test_a_marker_in_code_is_left_alone():
    assert "<code>row[1]</code>" in prose("`row[1]`", NUMBER, marked)


def test_line_breaks_of_prose_stay():
    assert "one<br />" in prose("one\ntwo", NUMBER, marked)


def test_markup_of_ours_is_taken_as_it_is():
    assert div("a", tag("b", "x")) == '<div class="a"><b>x</b></div>'


def test_what_is_joined_to_markup_is_escaped():
    assert joined(Html("<b>"), "<i>") == "<b>&lt;i&gt;"


def test_an_empty_attribute_is_left_out():
    assert tag("p", title="") == "<p></p>"
