"""This is not Python."""

def broken(:
    pass
