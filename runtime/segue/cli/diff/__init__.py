"""segue diff: what a change would send differently, of events that were recorded."""

from segue.cli.diff.command import command


__all__ = ["command"]
