"""The hooks of all plugins as the runtime calls them. None of them can stop an event.

Nothing is called, copied or measured where no plugin implements a hook: ``revise`` and ``tell`` are
None then.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final, TypeAlias, cast

from segue.arguments import raised
from segue.errors import EventError, RefusedError
from segue.events import MAX_BYTES, Event, Rejected, check
from segue.events.intake import admit
from segue.events.times import Arrival, read
from segue.hookspecs import Settled
from segue.json import JsonObject, decode, encode


log: Final = logging.getLogger("segue.plugins")

DROPPED: Final = "DROPPED_BY_PLUGIN"
SLOW: Final = 0.1

Revise: TypeAlias = Callable[[Event, str], Event | Rejected]
Tell: TypeAlias = Callable[[Settled], None]
Trace: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """One plugin's implementation of a hook, and which arguments it takes."""

    plugin: str
    hook: str
    function: Callable[..., object]
    arguments: tuple[str, ...]

    def __call__(self, **offer: object) -> object:
        """Call it with those of the arguments that it takes."""
        return self.function(**{name: offer[name] for name in self.arguments})

    def __str__(self) -> str:
        return f'plugin "{self.plugin}": {self.hook}'


class Hooks:
    """The implementations in the order in which they are called, by the name of the hook.

    ``errors`` counts what they raised, by plugin and hook. ``trace`` is told of every call, how long
    it took and how it ended, and nothing of what it was about.
    """

    def __init__(
        self,
        listeners: Mapping[str, Sequence[Listener]] | None = None,
        *,
        trace: Trace | None = None,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        self.listeners: Mapping[str, Sequence[Listener]] = listeners or {}
        self.errors = Counter[tuple[str, str]]()
        self._slow = Counter[tuple[str, str]]()
        self._trace, self._timer = trace, timer
        self.revise: Revise | None = self._revise if "segue_event" in self.listeners else None
        self.tell: Tell | None = self._tell if "segue_settled" in self.listeners else None

    def _revise(self, event: Event, source: str) -> Event | Rejected:
        """What the plugins make of an event that arrives from this source."""
        for listener in self.listeners["segue_event"]:
            try:
                made = self._called(listener, event=_copied(event), source=source)
                if made is None:
                    return Rejected(0, DROPPED, f'plugin "{listener.plugin}" drops it', "")
                event = _renewed(made, event)
            except RefusedError as error:
                return Rejected(0, DROPPED, f'plugin "{listener.plugin}": {error.reason}', "")
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 a plugin may raise anything
                self.blame(listener, error, "the event goes on as it was")
        return event

    def _tell(self, settled: Settled) -> None:
        for listener in self.listeners["segue_settled"]:
            self.ask(listener, "the delivery is settled all the same", settled=settled)

    def ask(self, listener: Listener, otherwise: str, **offer: object) -> object:
        """Call one plugin; None when it fails, and ``otherwise`` is said of what becomes of it then."""
        try:
            return self._called(listener, **offer)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 a plugin may raise anything
            self.blame(listener, error, otherwise)
            return None

    def _called(self, listener: Listener, **offer: object) -> object:
        start, end = self._timer(), "failed"
        try:
            made = listener(**offer)
            end = "returned" if made is not None else "returned None"
            return made
        finally:
            seconds = self._timer() - start
            if self._trace is not None:
                self._trace(f"{listener} {end} after {seconds * 1000:.2f} ms")
            if seconds > SLOW and _seldom(self._slow, listener):
                log.warning(
                    "%s took %.0f ms, and everything waited for it", listener, seconds * 1000
                )

    def blame(self, listener: Listener, error: BaseException, so: str) -> None:
        """Count an error of a plugin, and log it with what became of things unless it is an old one."""
        if _seldom(self.errors, listener):
            count = self.errors[listener.plugin, listener.hook]
            again = f" (error {count:,} of this hook)" if count > 1 else ""
            log.error("%s failed: %s; %s%s", listener, raised(error), so, again)


NO_HOOKS: Final = Hooks()


def _seldom(counter: "Counter[tuple[str, str]]", listener: Listener) -> bool:
    """Count it; whether to say so: at the first time, the second, the fourth, the eighth and so on."""
    counter[listener.plugin, listener.hook] += 1
    count = counter[listener.plugin, listener.hook]
    return count & (count - 1) == 0


def _copied(event: Event) -> Event:
    return cast("Event", decode(encode(event)))


def _same(event: JsonObject, before: Event) -> bool:
    """Whether two events are the same JSON, where 1 is not true. What is no JSON is not the same."""
    try:
        return encode(event) == encode(before)
    except Exception:  # noqa: BLE001 whatever a plugin returned, it is checked next
        return False


def _renewed(made: object, before: Event) -> Event:
    """The event that a plugin made of another, as if it had arrived so. Raises EventError."""
    if not isinstance(made, dict):
        what = type(made).__name__
        raise EventError("bad_request", f"it returned {what}, neither an event nor None")
    event = cast("JsonObject", made)
    if _same(event, before):
        return before
    check(event)
    if len(encode(event)) > MAX_BYTES:
        raise EventError("bad_request", f"it returned an event over {MAX_BYTES:,} bytes long")
    arrival = Arrival(read(before.get("receivedAt")) or datetime.now(UTC))
    return admit(event, arrival, lambda: str(before["messageId"]))
