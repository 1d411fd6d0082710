"""The page of the app: Streamlit runs this at every click."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from minions_core.app.answer import open_passage
from minions_core.app.choices import Choices, sidebar
from minions_core.app.documents import Chosen, choose_documents
from minions_core.app.markup import div, span
from minions_core.app.models import shelf
from minions_core.app.presence import watch_of_this_tab
from minions_core.app.running import Question
from minions_core.app.state import Session, of_this_tab
from minions_core.app.turns import bring_into_view, show_turn
from minions_core.app.warming import warm_up

_HERE = Path(__file__).parent
_TAGLINE = (
    "Ask long documents. A small model reads them{}, a large one thinks, and you see every step."
)


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Minions", page_icon=_HERE / "icon.svg", layout="centered")
    st.html(_HERE / "style.css")
    session = of_this_tab()
    session.settle()
    choices = sidebar(shelf())
    bring_into_view("top", "begun" if session.turns else "empty", go=not session.turns)
    _heading(session, choices)
    chosen = choose_documents(session)
    for number, turn in enumerate(session.turns):
        is_newest = number == len(session.turns) - 1
        show_turn(turn, number, session, is_newest=is_newest)
    if not session.turns:
        _invite(chosen, choices, session)
    _ask(chosen, choices, session)
    if session.opened:
        open_passage(*session.opened, dismiss=session.dismiss)
    warm_up()


def _heading(session: Session, choices: Choices) -> None:
    brand = div("mn-brand", "Minions")
    if not session.turns:
        here = "" if choices.local.is_elsewhere else " on this machine"
        st.html(div("mn-top", brand, div("mn-tagline", _TAGLINE.format(here))))
        return
    named, beside = st.columns([5, 2], vertical_alignment="center")
    named.html(div("mn-top", brand))
    beside.button(
        "New conversation",
        key="clear",
        on_click=session.clear,
        icon=":material/edit_square:",
        width="stretch",
    )


def _invite(chosen: Chosen, choices: Choices, session: Session) -> None:
    """What a newcomer sees: three steps, and questions to press."""
    if chosen.questions:
        st.html(div("mn-dim", "Try one of these, or write your own below:"))
        columns = st.columns(2)
        for number, question in enumerate(chosen.questions):
            columns[number % 2].button(
                question,
                key=f"example_{number}",
                on_click=partial(session.choose, question),
                width="stretch",
            )
    elif not chosen.documents:
        st.html(div("mn-empty", "Choose a document above. Then ask it anything."))
    here = "" if choices.local.is_elsewhere else " here"
    st.html(
        div(
            "mn-steps",
            _step("1", "Plan", "The remote model sees your question and an outline, and plans."),
            _step("2", "Read", f"The local model reads passages{here} and quotes what it finds."),
            _step("3", "Check", "Every quote is looked up in the document before it goes on."),
        )
    )


def _step(number: str, title: str, said: str) -> str:
    return div("mn-howto", span("mn-number", number), div("", div("mn-title", title), said))


def _ask(chosen: Chosen, choices: Choices, session: Session) -> None:
    reason = _why_not(chosen, choices, session)
    with st.bottom:  # a chat box that Streamlit puts there itself holds the page at its end
        typed = st.chat_input(
            reason or "Ask the documents", key="question", disabled=bool(reason), max_chars=4000
        )
    text = session.chosen() or typed
    if text and text.strip() and not reason:
        question = Question(
            text=text,
            documents=chosen.documents,
            history=session.history(chosen.documents),
            is_offline=choices.is_offline,
            is_read_elsewhere=choices.local.is_elsewhere,
            price_as=choices.price_as,
            remote_name=choices.remote.name,
            secrets=choices.secrets,
        )
        session.begin(question, choices.engine, watch_of_this_tab())
        st.rerun()


def _why_not(chosen: Chosen, choices: Choices, session: Session) -> str:
    """Why nothing can be asked now, or nothing."""
    if session.running:
        return "One question at a time"
    if not chosen.documents:
        return "Choose a document first"
    return f"Settings: fill in {choices.missing}" if choices.missing else ""


if __name__ == "__main__":
    main()
