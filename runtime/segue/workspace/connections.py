"""Connections of the file: which destination, with what settings, from which sources."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, TypedDict
from urllib.parse import urlsplit

from segue.addresses import Network
from segue.arguments import place, said, short
from segue.destination import Destination, Settings
from segue.errors import pointer, suggest
from segue.filters import Filter
from segue.functions.inserting import Insert
from segue.functions.offering import FunctionDestination
from segue.json import JsonObject, quote
from segue.pacing import RateLimit
from segue.plugins import Catalogue
from segue.retry import RetryPolicy
from segue.workspace.filters import read_filters
from segue.workspace.functions import Inserts, left_out
from segue.workspace.mappings import Mappings
from segue.workspace.model import ActionMapping, Connection
from segue.workspace.networks import read_networks
from segue.workspace.quantities import duration, rate
from segue.workspace.report import Report
from segue.workspace.settings import read_settings
from segue.workspace.shape import ConnectionText
from segue.workspace.substitution import Substitution


_NONE: Final[JsonObject] = {}


class _Way(TypedDict):
    sources: tuple[str, ...]
    filters: tuple[Filter, ...]
    functions: tuple[Insert, ...]
    mappings: tuple[ActionMapping, ...]
    allow_private: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Connections:
    """Makes the connections of a workspace; what cannot be made is reported."""

    catalogue: Catalogue
    sources: Collection[str]
    substitution: Substitution
    mappings: Mappings
    inserts: Inserts
    report: Report

    def make(self, name: str, text: ConnectionText) -> Connection | None:
        """The connection of this name, if its destination is known."""
        where = pointer("connections", name)
        destination = self.destination(where, text.get("destination"))
        substitution = replace(self.substitution, told=set())
        settings = read_settings(
            f"{where}/settings",
            text.get("settings", _NONE),
            destination,
            substitution,
            self.report,
        )
        base_url = self.base_url(f"{where}/base_url", text.get("base_url"), substitution)
        way = self.way(where, text, destination)
        self.remark(where, text, way["mappings"])
        if destination is None:
            return None
        if base_url is None:
            self.lead(f"{where}/settings", destination, settings)
        return Connection(
            name,
            destination,
            settings,
            base_url=base_url,
            enabled=text.get("enabled", True),
            rate_limit=_rate_limit(text, destination),
            retry=_retry(text),
            concurrency=int(text.get("concurrency", Connection.concurrency)),
            told=frozenset(substitution.told),
            **way,
        )

    def way(self, where: str, text: ConnectionText, destination: Destination | None) -> _Way:
        """What stands on the way of an event through the connection."""
        compiler, report = self.mappings.compiler, self.report
        networks = text.get("allow_private", [])
        inserts = text.get("functions", [])
        return {
            "sources": self.connected(f"{where}/sources", text.get("sources", [])),
            "filters": read_filters(f"{where}/filters", text.get("filters", []), compiler, report),
            "functions": self.inserts.make(f"{where}/functions", inserts, self.substitution),
            "mappings": self.mapped(f"{where}/mappings", text, destination),
            "allow_private": read_networks(f"{where}/allow_private", networks, destination, report),
        }

    def destination(self, where: str, slug: str | None) -> Destination | None:
        """The installed destination of this slug."""
        if slug is None:
            return None
        known = self.catalogue.destinations
        if slug not in known and not left_out(
            f"{where}/destination", slug, self.catalogue, self.report
        ):
            hint = suggest(slug, known) or f"installed: {', '.join(known) or 'none'}"
            self.report.add(
                f"{where}/destination", f"no destination {quote(slug)} is installed", hint
            )
        return known.get(slug)

    def base_url(self, where: str, text: str | None, substitution: Substitution) -> str | None:
        """The base URL with everything filled in."""
        if text is None:
            return None
        filled = substitution.text(text, where)
        if not _is_base(filled):
            hint = "it should look like https://host/path, without a user, a query or a fragment"
            self.report.add(where, "this is not a base URL", hint)
        return filled

    def lead(self, where: str, destination: Destination, settings: Settings) -> None:
        """Report a plugin that makes no base URL of settings with which nothing else is wrong."""
        whole = all(not one.pointer.startswith(where) for one in self.report.problems)
        if isinstance(destination.url, str) or not whole:
            return
        hint = "correct the plugin, or give a base_url"
        try:
            made = destination.base(settings)
        except Exception as error:  # noqa: BLE001 an author's code may raise anything
            found = place(error)
            there = f"{type(error).__name__} ({short(found)})" if found else said(error)
            why = f"{destination.slug} makes no base URL of these settings: {there}"
            self.report.add(where, why, hint)  # without the error's text, which may tell a secret
        else:
            if not _is_base(made):
                why = f"what {destination.slug} makes of these settings is not a base URL"
                self.report.add(where, why, hint)

    def connected(self, where: str, names: list[str]) -> tuple[str, ...]:
        """The connected sources, each once."""
        for at, name in enumerate(names):
            known = name in self.sources or self.report.refused(pointer("sources", name))
            if not known and not self.report.refused("/sources"):
                hint = suggest(name, self.sources)
                there = f"there are: {', '.join(self.sources) or 'none'}"
                self.report.add(
                    where + pointer(at), f"no source is called {quote(name)}", hint or there
                )
        return tuple(dict.fromkeys(names))

    def mapped(
        self, where: str, text: ConnectionText, destination: Destination | None
    ) -> tuple[ActionMapping, ...]:
        """The mappings that could be made."""
        made = (
            self.mappings.make(where + pointer(name), name, mapping, destination)
            for name, mapping in text.get("mappings", {}).items()
        )
        written = tuple(mapping for mapping in made if mapping)
        return (*written, *self.implied(written, destination))

    def implied(
        self, written: Collection[ActionMapping], destination: Destination | None
    ) -> list[ActionMapping]:
        """A mapping for each handler of a function that the file has none for."""
        if not isinstance(destination, FunctionDestination):
            return []
        used = {mapping.action for mapping in written}
        return [
            replace(ActionMapping.of(one), plugin=str(self.catalogue.origins[one.name]))
            for one in self.catalogue.actions_of(destination)
            if one not in used
        ]

    def remark(self, where: str, text: ConnectionText, mappings: Collection[ActionMapping]) -> None:
        """Note what a connection lacks to be of use."""
        if not text.get("enabled", True):
            return
        if not text.get("sources"):
            self.report.note(where, "no source is connected, so no event comes here")
        if not (mappings or text.get("mappings")):
            self.report.note(where, "there is no mapping, so no event goes out")


def _is_base(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and not any(sign in text for sign in " ?#@\\")
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


def _rate_limit(text: ConnectionText, destination: Destination) -> RateLimit | None:
    if "rate_limit" not in text:
        return destination.rate_limit
    value = text["rate_limit"]
    return None if value is None else rate(value)


def _retry(text: ConnectionText) -> RetryPolicy:
    return RetryPolicy(**{key: duration(value) for key, value in text.get("retry", {}).items()})
