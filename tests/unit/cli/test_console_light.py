"""Saying who may sign in needs none of the pages."""

import subprocess
import sys


def test_accounts_are_kept_without_any_page():
    listed = "import sys, segue.cli.console.users; print(*(one for one in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", listed], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "segue.console.security.users" in loaded
    assert not [one for one in loaded if one.startswith("segue.console.pages")]
    assert "segue.console.app" not in loaded
