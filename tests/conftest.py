"""What holds for all tests."""

import signal

# Tests that run in the background have Ctrl-C ignored, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_configure(config):
    """The standard suites of LangChain time one of their tests; here it is only run."""
    if hasattr(config.option, "benchmark_disable"):
        config.option.benchmark_disable = True
