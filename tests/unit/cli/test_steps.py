"""What a command says to do next."""

from pathlib import Path

import pytest

from segue.cli.init import steps
from segue.cli.new import tried


def test_a_workspace_of_another_name_is_named_in_every_step_that_reads_it():
    said = [line.partition("  ")[0] for line in steps(Path("my board.yaml"), given=True)]
    assert said == [
        "segue sandbox loops",
        "segue check -w 'my board.yaml'",
        "segue test loops.sendEvent -w 'my board.yaml'",
        "segue serve -w 'my board.yaml'",
    ]


def test_the_usual_workspace_needs_no_name():
    said = [line.partition("  ")[0] for line in steps(Path("segue.yaml"), given=False)]
    assert said == ["segue check", "segue serve"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (object(), ["python -m pytest tests"]),
        (None, ["pip install 'segue[testing]'", "python -m pytest tests"]),
    ],
    ids=["pytest is there", "pytest is not there"],
)
def test_what_runs_the_tests_is_installed_before(found, said):
    assert list(tried("tests", lambda _: found)) == said
