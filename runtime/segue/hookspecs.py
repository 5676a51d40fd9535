"""The hooks a plugin may implement: the written contract between Segue and its plugins.

    from segue import hookimpl

    @hookimpl
    def segue_event(event, source):
        return event

A hook is a function at the top of a module of the plugin. It takes those of the arguments below that
it names. Plugins are asked in the order of their names, built-in ones first; one marked
``@hookimpl(tryfirst=True)`` comes before all others and ``@hookimpl(trylast=True)`` after them. The
name PLUGIN.HOOK ("acme-segue.segue_event") blocks one hook of a plugin, PLUGIN all of it.

What a hook raises never reaches an event or another plugin: it is logged with the plugin's name,
counted (``segue_plugin_errors_total``), and what the hook was to do is left undone. Hooks run in the
process that owns the data directory, in its event loop: everything waits while one does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pluggy

from segue.actions import Action
from segue.destination import Destination
from segue.events import Event


if TYPE_CHECKING:  # only the command line needs click
    import click

PROJECT: Final = "segue"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Offer: TypeAlias = Destination | Action[..., object]


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery at its end, as the store has it. ``segue show`` with ``delivery`` tells the rest.

    ``why`` and ``code`` give the reason of one that was not delivered, ``tries`` is how many there
    were, ``replay`` counts deliberate repetitions and ``received_at`` is the event's arrival in Unix
    time.
    """

    delivery: int
    source: str
    connection: str
    mapping: str
    message_id: str
    state: Literal["delivered", "discarded", "dead"]
    code: str
    why: str
    tries: int
    replay: int
    received_at: float


@hookspec
def segue_register() -> Offer | Iterable[Offer]:
    """Offer destinations and actions.

    A plugin needs it only to offer what is not at the top of its modules: everything there is
    offered for it. One that implements it offers what it returns and nothing else.
    """
    raise NotImplementedError


@hookspec
def segue_event(event: Event, source: str) -> Event | None:
    """Change or drop an event on arrival, before it is stored.

    ``event`` is normalised and the hook's own: it may be changed in place. The event returned goes
    to the next plugin; it is checked and normalised again, keeps its messageId if it has lost it,
    and its receivedAt. None drops the event, as RefusedError does with a reason: it counts as
    refused under DROPPED_BY_PLUGIN, and nothing of it is kept. When the hook raises anything else,
    or returns what is no event, the event goes on as it was before this plugin. A replay does not
    come here again.
    """
    raise NotImplementedError


@hookspec
def segue_settled(settled: Settled) -> None:
    """Learn that a delivery has ended: delivered, discarded, or given up.

    Told at most once, after the store has it. Not of what ``segue send --now`` delivers, which no
    store knows, nor of what is cancelled because its user is forgotten.
    """
    raise NotImplementedError


@hookspec
def segue_commands(group: "click.Group") -> None:
    """Add commands to ``segue``: ``group.add_command(...)`` or ``@group.command()``.

    Asked when a command is called that is none of Segue's own, whose names cannot be taken.
    """
    raise NotImplementedError
