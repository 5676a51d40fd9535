"""A hook around those of others."""

from segue import hookimpl


@hookimpl(wrapper=True)
def segue_settled(settled):
    yield
