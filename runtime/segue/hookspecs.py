"""The hooks a plugin may implement: the written contract between Segue and its plugins.

A module found through the entry-point group ``segue`` needs none of them: every ``Destination``
and ``Action`` at the top of its modules is registered for it, each under its own name.
"""

from typing import Final

import pluggy

from segue.actions import Action
from segue.destination import Destination


PROJECT: Final = "segue"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def segue_destination() -> Destination:
    """Offer a destination."""
    raise NotImplementedError


@hookspec
def segue_action() -> Action[..., object]:
    """Offer an action."""
    raise NotImplementedError
