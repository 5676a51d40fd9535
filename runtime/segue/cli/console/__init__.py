"""segue console: the pages, in a process of their own, and who may sign in."""

from segue.cli.console.opening import command


__all__ = ["command"]
