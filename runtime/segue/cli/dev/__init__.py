"""segue dev: an event through every action that was just changed, and what that changed.

What a file made of an event before and makes of it now are values, and what differs between them is
a function of both; only ``watching`` waits, and only ``printing`` prints. Nothing is sent.
"""

from segue.cli.dev.watching import command


__all__ = ["command"]
