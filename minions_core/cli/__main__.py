"""`python -m minions_core.cli` is the `minions` command."""

from minions_core.cli import main

main()
