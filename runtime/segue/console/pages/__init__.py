"""The pages, area by area; what each answers is a value."""

from collections.abc import Sequence
from typing import Final

from segue.console.pages import connections, deliveries, events
from segue.console.places import Place


PLACES: Final[Sequence[Place]] = (
    *connections.PLACES,
    *deliveries.PLACES,
    *events.PLACES,
)
