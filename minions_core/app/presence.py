"""Whether the browser's tab is still there.

Streamlit gives a tab a session, and its runtime knows which sessions have a connection: a tab in
the background has one, a tab that was closed or loaded anew has none. The runtime's
`is_active_session` may be called from any thread, as its documentation says; for the number of the
session there is `get_script_run_ctx`, of which Streamlit promises less. Where there is no runtime,
as in its own test runner, every tab is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def watch_of_this_tab() -> Callable[[], bool]:
    """Tells, from any thread, whether the tab that the page is now drawn for is still there."""
    context = get_script_run_ctx(suppress_warning=True)
    return partial(_is_connected, context.session_id) if context else lambda: True


def _is_connected(session_id: str) -> bool:
    try:
        return bool(runtime.get_instance().is_active_session(session_id))
    except RuntimeError:  # there is none
        return True
