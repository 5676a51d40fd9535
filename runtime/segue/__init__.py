"""Segue: Segment-spec events to the tools your team uses.

Its names are those of ``segue.api``, which is imported when the first of them is asked for: a command
that needs none of them starts sooner.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from segue.api import *  # noqa: F403
    from segue.api import __all__ as __all__
else:

    def __getattr__(name):
        private = name.startswith("_") and name != "__all__"
        if private or find_spec(f"{__name__}.{name}") is not None:  # a module is for import to find
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        return getattr(import_module("segue.api"), name)

    def __dir__():
        return [*globals(), *import_module("segue.api").__all__]
