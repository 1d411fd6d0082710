"""`python -m minions_core.demo --seed 7 --out FILE` writes a made-up annual report."""

from minions_core.demo import main

main()
