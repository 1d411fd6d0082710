"""One question on the page: at work, and once it is answered."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from minions_core.app.answer import show_answer
from minions_core.app.bill import disclosed, figures, show_money
from minions_core.app.choices import OFFLINE_NOTE
from minions_core.app.markup import div
from minions_core.app.rounds import rounds
from minions_core.app.running import Running, Turn
from minions_core.app.state import Session
from minions_core.result import MinionsResult

_HERE = Path(__file__).parent
_POLL_SECONDS = 0.2


def show_turn(turn: Turn, number: int, session: Session, *, is_newest: bool) -> None:
    """Show a turn.

    Args:
        turn: the turn.
        number: which of the tab's, from 0.
        session: what the tab holds.
        is_newest: whether it is the last; then it is brought into view as it begins and ends.
    """
    bring_into_view(f"asked_{number}", "over" if turn.is_over else "on", go=is_newest)
    st.html(div("mn-question", turn.question.text))
    running = session.running
    if running and running.turn is turn:
        _show_running(running)
    else:
        _show_over(turn, number, session)


def _show_running(running: Running) -> None:
    if running.is_stopping:
        st.html(div("mn-note mn-warn", "Stopping."))
    else:
        st.button("Stop", key="stop", on_click=running.stop, icon=":material/stop_circle:")
    with st.container(key="live"):
        _watch(running)


@st.fragment(run_every=_POLL_SECONDS)
def _watch(running: Running) -> None:
    """Draw what is known so far, again and again, until the run is over."""
    turn = running.look()
    conversation = turn.conversation
    st.html(conversation.doing())
    st.html(conversation.spent())
    for step in conversation.steps():
        st.html(step)
    if turn.is_over:
        st.rerun()


def bring_into_view(key: str, when: str, *, go: bool = True) -> None:
    """Mark a place on the page, and scroll to it.

    Args:
        key: the key of the mark.
        when: the page is scrolled whenever this changes.
        go: whether it is scrolled at all.
    """
    script = (_HERE / "minions_asked.js").read_text(encoding="utf-8")
    mark = component("minions_asked", js=script, isolate_styles=False)
    mark(key=key, data={"when": when, "go": go})


def _calls(result: MinionsResult) -> int:
    return result.ledger.local.calls + result.ledger.remote.calls


def _show_over(turn: Turn, number: int, session: Session) -> None:
    result, elsewhere = turn.result, turn.question.is_read_elsewhere
    is_bare = result is None or not (_calls(result) or result.evidence)
    if not is_bare:
        with st.expander(f"How it was found: {turn.conversation.summary}"):
            for step in turn.conversation.steps():
                st.html(step)
    if turn.trouble:
        st.html(turn.trouble.box())
    if result is None:
        return
    if is_bare:
        with st.expander("What left this machine, or was about to"):
            st.html(disclosed(result.disclosure, is_read_elsewhere=elsewhere))
        return
    show_answer(turn, f"answer_{number}", session)
    if turn.question.is_offline:
        st.html(div("mn-dim", OFFLINE_NOTE))
    st.html(figures(result, is_read_elsewhere=elsewhere))
    money, left, said = st.tabs(["Tokens and money", "What left this machine", "Transcript"])
    with money:
        show_money(result)
    with left:
        st.html(disclosed(result.disclosure, is_read_elsewhere=elsewhere))
    with said:
        st.html(rounds(result))
    st.download_button(
        "Download the result as JSON",
        data=result.to_json(indent=2),
        file_name="minions-result.json",
        mime="application/json",
        key=f"download_{number}",
        on_click="ignore",
        icon=":material/download:",
    )
