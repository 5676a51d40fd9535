"""A hook whose name is misspelt."""

from segue import hookimpl


@hookimpl
def segue_evnt(event):
    return event
