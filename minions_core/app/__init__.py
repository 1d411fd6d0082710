"""The app in a browser: ask a document, and watch the two models at work on it.

`minions app` starts it, or `streamlit run` with `PAGE`. Everything is kept in the session of the
browser's tab: documents, questions, answers, keys. Nothing is written to disk, and nothing is asked
of any machine but the models' that are chosen.

The rooms: `page` is what Streamlit runs; `choices` and `models` are the settings at the left,
`documents` what to ask about, `running` and `stopping` a run beside the page, `conversation` and
`jobs` what happens in it, `turns` a question on the page, `answer` and `passages` what comes of it,
`rounds` the transcript, `bill` what it cost and what left, `trouble` what goes wrong, `markup` the
way every text is escaped, `hiding` the keys that nothing repeats, `state` what a tab holds,
`presence` whether it is still there, `warming` what is loaded before the first question.

Keys of the widgets, for tests:

    protocol                      radio: minions, minion
    local, remote                 selectbox: offline, ollama:NAME ..., openai, together, server
    ROLE_name_MAKER               text: the model's name; ROLE is local or remote, MAKER is
                                  openai or together
    ROLE_key_MAKER                password: its key; MAKER may be server, too
    ROLE_url, ROLE_model          text: a server's address, and what it calls the model
    refresh_models                button: look again which models there are
    privacy                       radio: quotes, answers
    redact                        checkbox
    max_rounds, budget_tokens, budget_dollars    numbers
    price_as                      text
    source                        segmented control: example, upload, paste
    upload                        files
    paste                         text area
    example_N                     button: an example question, from 0
    question                      chat input
    stop                          button, while a run is on
    clear                         button: a new conversation, once something was asked
    answer_N                      the answer of question N, from 0; its markers and cards are
                                  buttons with `data-cite`
    top, asked_N                  mark the top and the place of question N, for scrolling
    live                          container: what is known of the run that is on
    passage                       the document in the dialog, with the passage in `<mark>`
    download_N                    button: the result of question N as JSON

Classes of the markup: `mn-step`, `mn-grid`, `mn-square`, `mn-card`, `mn-answer`, `mn-figures`,
`mn-note` (with `mn-bad` for an error), `mn-table` (what left), `mn-said` (Minion's chat).
"""

from pathlib import Path

PAGE = Path(__file__).with_name("page.py")
"""The script Streamlit runs."""

__all__ = ["PAGE"]
