"""A new connection, from what was typed to the file and the vault, and what its destination says."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx

from segue.console.answers import Go, Tone
from segue.console.desk import Desk
from segue.console.forms.settings import Typed
from segue.console.saving import Change, Refused, Saved
from segue.console.saving import Outcome as Saving
from segue.console.visit import Form, Who
from segue.delivery import prove
from segue.destination import Destination, Settings
from segue.errors import Problem, SegueError
from segue.json import JsonObject, JsonValue
from segue.outcome import Delivered, Held, Outcome, Retry
from segue.plugins import Catalogue
from segue.presets import Preset
from segue.senders import HttpxSender, Tokens
from segue.workspace.editing import Document
from segue.workspace.model import Workspace


NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
CHECK: Final = "Check the address under Settings, then test the credentials again."
AGAIN: Final = "Type it again: what is secret is never put back into a page."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection that is to be made. ``mappings`` are those to start with; they start disabled."""

    name: str
    destination: Destination
    source: str
    new_source: bool
    base_url: str
    mappings: Mapping[str, JsonObject]

    @classmethod
    def of(cls, form: Form, destination: Destination, catalogue: Catalogue) -> "Wanted":
        """What a form says."""
        offered, chosen = cls.offers(destination, catalogue), form.all("start")
        return cls(
            name=form.text("name"),
            destination=destination,
            source=form.text("new_source") or form.text("source"),
            new_source=bool(form.text("new_source")),
            base_url=form.text("base_url"),
            mappings={key: _text(one) for key, one in offered.items() if key in chosen},
        )

    @staticmethod
    def offers(destination: Destination, catalogue: Catalogue) -> dict[str, Preset]:
        """The mappings to start with by name: presets for every connection, else every action."""
        presets = catalogue.presets.get(destination.slug, ())
        automatic = [one for one in presets if one.kind == "automatic"]
        plain = [Preset(one.title, one.slug) for one in catalogue.actions_of(destination)]
        found: dict[str, Preset] = {}
        for one in automatic or plain:
            name = "-".join(re.findall(r"[a-z0-9]+", one.name.lower())) or "mapping"
            while name in found:
                name += "-2"
            found[name] = one
        return found

    def problems(self, workspace: Workspace | None) -> dict[str, str]:
        """What is wrong with it, by field."""
        found: dict[str, str] = {}
        known = workspace.connections if workspace else {}
        if not NAME.fullmatch(self.name):
            found["name"] = "A name is made of letters, digits, dashes and underscores."
        if self.name in known:
            found["name"] = "There is a connection of this name already."
        if self.new_source and workspace and self.source in workspace.sources:
            found["new_source"] = "There is a source of this name already; choose it above."
        elif not NAME.fullmatch(self.source):
            found["new_source" if self.new_source else "source"] = "Name the source of the events."
        return found

    def text(self, settings: Mapping[str, JsonValue]) -> JsonObject:
        """The connection as it stands in the file."""
        base = {"base_url": self.base_url} if self.base_url else {}
        given = {"settings": dict(settings)} if settings else {}
        return {
            "destination": self.destination.slug,
            **base,
            **given,
            "sources": [self.source],
            "mappings": dict(self.mappings),
        }


async def begin(desk: Desk, wanted: Wanted, typed: Typed, revision: str, who: Who) -> Saving:
    """Write a connection with its secrets."""

    def made(settings: Settings) -> Change:
        def change(document: Document) -> None:
            if wanted.new_source:
                document.put(("sources", wanted.source), {"write_key": desk.key()})
            document.put(("connections", wanted.name), wanted.text(settings))

        return change

    return await write(desk, wanted.name, typed, made, revision, who, f"Connect {wanted.name}")


async def write(
    desk: Desk,
    connection: str,
    typed: Typed,
    made: Callable[[Settings], Change],
    revision: str,
    who: Who,
    why: str,
) -> Saving:
    """Save the change that is ``made`` of settings. Secrets go to the vault, and out of it again if nothing is saved."""
    try:
        names = await _keep(desk, connection, typed.secrets)
    except SegueError as error:
        return Refused((Problem("", f"what is secret cannot be kept: {error}"),))
    settings = {**typed.values, **{key: f"${{secret:{name}}}" for key, name in names.items()}}
    outcome = await desk.save(revision, made(settings), who, why)
    if not isinstance(outcome, Saved):
        await asyncio.to_thread(_drop, desk, [*names.values()])
    return outcome


def again(typed: Typed) -> dict[str, str]:
    """What is said at each secret that was typed and not saved, by its setting."""
    return dict.fromkeys(typed.secrets, AGAIN)


async def _keep(desk: Desk, connection: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Keep secrets of a connection under new names; the name of each by its setting."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "-", connection)
    names = {key: f"{plain}-{key}-{desk.key()[-6:]}" for key in secrets}
    if names:
        values = {name: secrets[key] for key, name in names.items()}
        await asyncio.to_thread(desk.vault.put, values)
    return names


async def ask(desk: Desk, name: str, here: str, saved: str = "Saved. ") -> Go:
    """On to a page that tells what the destination says of a connection's credentials."""
    reading = await desk.read()
    connection = reading.workspace.connections.get(name) if reading.workspace else None
    if connection is None:
        return Go(here, saved)
    title = connection.destination.title
    try:
        async with (
            httpx.AsyncClient() as client,
            Tokens(HttpxSender(client), desk.tokens) as tokens,
        ):
            outcome = await prove(connection, tokens)
    except SegueError as error:
        return Go(here, f"{saved}The credentials could not be tested: {error}", "warn")
    said, tone = _verdict(outcome, title)
    return Go(here, saved + said, tone)


def _verdict(outcome: Outcome | None, title: str) -> tuple[str, Tone]:
    """What a destination made of credentials, as a sentence, and its tone."""
    why = outcome.why.rstrip(".") if outcome else ""
    match outcome:
        case None:
            return f"{title} has no test for credentials; send a test event to try them.", "good"
        case Delivered():
            return f"{title} accepts the credentials.", "good"
        case Held():
            return f"{title} refuses the credentials: {why}. Correct them under Settings.", "bad"
        case Retry():
            return f"{title} could not be asked: {why}. {CHECK}", "bad"
        case _:
            return f"{title} did not answer as it should: {why}. {CHECK}", "bad"


def _drop(desk: Desk, names: Sequence[str]) -> None:
    with suppress(SegueError):  # nothing names them, so they may as well stay
        for name in names:
            desk.vault.remove(name)


def _text(preset: Preset) -> JsonObject:
    """A mapping as it stands in the file."""
    said: dict[str, JsonValue] = {"trigger": preset.trigger, "sync_mode": preset.sync_mode}
    said["override"] = dict(preset.override) or None
    given = {key: value for key, value in said.items() if value is not None}
    return {"action": preset.action, "enabled": False, **given}
