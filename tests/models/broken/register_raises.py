"""It cannot say what it offers."""

from segue import hookimpl


@hookimpl
def segue_register():
    raise KeyError("token")
