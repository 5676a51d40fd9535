"""A file that it reads is not there."""

from pathlib import Path


SETTINGS = Path("/nowhere/settings.json").read_text()
