"""The options of a bench by short names: this suite is about nothing else."""

from hatchwatch.pytest_plugin import add_options


def pytest_addoption(parser):
    add_options(parser)
