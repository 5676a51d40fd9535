"""Know before you deploy: whether any event makes a mapping fail, and which.

    report = segue.check.workspace("segue.yaml")
    assert not report.errors

There is no network in it and no chance: the same file and seed give the same findings.
"""

import os
from pathlib import Path

from segue.check.checking import inspect
from segue.check.model import Evidence, Finding, Report, Severity
from segue.check.pages import CODES, page
from segue.check.searching import MOST
from segue.plugins import Catalogue, load_plugins
from segue.workspace import Workspace, load_workspace, plugins_folder


__all__ = ["CODES", "Evidence", "Finding", "Report", "Severity", "inspect", "page", "workspace"]


def workspace(
    subject: str | os.PathLike[str] | Workspace,
    *,
    catalogue: Catalogue | None = None,
    seed: int = 0,
    budget: float | None = None,
    most: int = MOST,
) -> Report:
    """Check a workspace, by its file or as it was loaded. Raises ConfigError where it is not valid.

    ``catalogue`` is what is installed, found where none is given; settings are filled in from the
    environment. The rest is as for `inspect`.
    """
    if not isinstance(subject, Workspace):
        file = Path(subject)
        found = catalogue or load_plugins(folder=plugins_folder(file))
        subject = load_workspace(file, found, environ=os.environ)
    return inspect(subject, seed=seed, budget=budget, most=most)
