"""It offers a name instead of a destination."""

from segue import hookimpl


@hookimpl
def segue_register():
    return ["loops"]
