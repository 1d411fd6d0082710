"""What holds for all tests."""


def pytest_configure(config):
    """The standard suites of LangChain time one of their tests; here it is only run."""
    if hasattr(config.option, "benchmark_disable"):
        config.option.benchmark_disable = True
