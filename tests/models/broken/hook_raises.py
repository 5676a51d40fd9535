"""A hook that fails with every event, after it has spoilt it."""

from segue import hookimpl


@hookimpl
def segue_event(event):
    event.clear()
    raise KeyError("email")


@hookimpl
def segue_settled(settled):
    raise SystemExit(3)
