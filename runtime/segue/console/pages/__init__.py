"""The pages, area by area; what each answers is a value."""

from collections.abc import Sequence
from typing import Final

from segue.console.pages import (
    catalogue,
    connections,
    deliveries,
    events,
    filters,
    history,
    mapping,
    mappings,
    renaming,
    settings,
    sources,
    tester,
)
from segue.console.places import Place


PLACES: Final[Sequence[Place]] = (
    *connections.PLACES,
    *deliveries.PLACES,
    *events.PLACES,
    *catalogue.PLACES,
    *settings.PLACES,
    *filters.PLACES,
    *history.PLACES,
    *sources.PLACES,
    *tester.PLACES,
    *mappings.PLACES,
    *mapping.PLACES,
    *renaming.PLACES,
)
