"""The app in a browser: `streamlit run examples/app.py`; `minions app` does the same."""

from minions_core.app.page import main

main()
