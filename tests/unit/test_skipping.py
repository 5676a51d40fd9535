"""A machine that checks everything skips nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


HOOKS = Path(__file__).parents[1] / "conftest.py"
SKIPPED = """
import pytest

def test_fine(): pass

def test_skipped(): pytest.skip("no disk")

@pytest.mark.skipif(True, reason="no node")
def test_marked(): pass

@pytest.mark.xfail(strict=True)
def test_expected_to_fail(): assert False
"""


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("true", "1 failed, 1 passed, 1 xfailed, 1 error"), ("", "1 passed, 2 skipped, 1 xfailed")],
)
def test_a_skipped_test_fails_in_ci_and_only_there(tmp_path, ci, summary):
    (tmp_path / "conftest.py").write_text(HOOKS.read_text())
    (tmp_path / "test_it.py").write_text(SKIPPED)
    environ = {**os.environ, "CI": ci, "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert summary in done.stdout
    assert ("no test is skipped in CI: Skipped: no disk" in done.stdout) == bool(ci)
