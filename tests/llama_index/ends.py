"""Which end of the versions the adapter works with these tests run on."""

from importlib.metadata import version

OLD = version("llama-index-core").startswith("0.13.")
