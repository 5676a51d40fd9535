"""A hook without its mark."""


def segue_event(event):
    return event
