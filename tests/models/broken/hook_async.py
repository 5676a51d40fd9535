"""A hook that nobody would await."""

from segue import hookimpl


@hookimpl
async def segue_event(event):
    return event
