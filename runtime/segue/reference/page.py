"""What the reference page of a destination says, however it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlsplit

from segue.actions import Batch
from segue.choices import KEYS, VALUES
from segue.destination import Destination
from segue.json import JsonObject, JsonValue
from segue.pacing import RateLimit
from segue.plugins import AnyAction, Catalogue
from segue.presets import Preset
from segue.reference.pieces import Code, Phrase, code, line, listed, paragraphs, words
from segue.reference.rows import Row, others, rows
from segue.reference.yaml import yaml


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a destination or an action, under its name."""

    name: str
    said: Phrase


@dataclass(frozen=True, slots=True)
class Offered:
    """A preset as a row; ``differs`` are the fields that it does not leave to the default mapping."""

    name: str
    trigger: Code
    action: str
    offered: Phrase
    differs: Sequence[Phrase]


@dataclass(frozen=True, slots=True)
class ActionPart:
    """The part of a page about one action. ``mapping`` is its default mapping as YAML."""

    slug: str
    title: str
    about: Sequence[str]
    trigger: Code
    facts: Sequence[Fact]
    rows: Sequence[Row]
    others: Sequence[Phrase]
    mapping: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """The reference page of a destination. ``docs`` is a link that may be followed, or None."""

    slug: str
    title: str
    about: Sequence[str]
    docs: str | None
    facts: Sequence[Fact]
    settings: Sequence[Row]
    conditions: Sequence[Phrase]
    presets: Sequence[Offered]
    actions: Sequence[ActionPart]


@dataclass(frozen=True, slots=True)
class Entry:
    """A destination in the index. ``file`` is its page's name, without an ending."""

    file: str
    title: str
    about: str
    actions: Sequence[str]


def page(destination: Destination, catalogue: Catalogue) -> Page:
    """The reference page of a destination."""
    actions = catalogue.actions_of(destination)
    titles = {one.slug: line(one.title) for one in actions}
    offered = catalogue.presets.get(destination.slug, ())
    triggers = {one.slug: one.trigger for one in actions}
    return Page(
        slug=destination.slug,
        title=line(destination.title),
        about=paragraphs(destination.description),
        docs=link(destination.docs),
        facts=[*_facts(destination)],
        settings=[*rows(destination.settings, lambda _: [])],
        conditions=[*others(destination.settings)],
        presets=[_offered(one, titles, triggers) for one in offered],
        actions=[_part(one) for one in actions],
    )


def index(catalogue: Catalogue) -> list[Entry]:
    """Everything installed, one destination after the other."""
    return [
        Entry(
            filename(one.slug),
            line(one.title),
            line(one.description),
            [line(action.title) for action in catalogue.actions_of(one)],
        )
        for one in catalogue.destinations.values()
    ]


def filename(slug: str) -> str:
    """The name of a destination's page, which is never that of the index."""
    return f"{slug}-destination" if slug.lower() in {"index", "readme"} else slug


def link(url: object) -> str | None:
    """An address that is safe to follow, None for anything else."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    good = parts.scheme in {"http", "https"} and parts.netloc
    return quote(url, safe="/:?#@!$&'*+,;=%~-._[]") if good else None


def _facts(destination: Destination) -> Iterator[Fact]:
    if destination.open_url:
        refused: Phrase = ["; one that is not public is refused unless its "]
        named: Phrase = [code("allow_private"), " names it"]
        yield Fact("Requests go to", ["an address that a connection says", *refused, *named])
    elif not isinstance(destination.url, str):
        yield Fact("Requests go to", ["an address made of the settings"])
    elif destination.url:
        yield Fact("Requests go to", [code(destination.url)])
    if destination.rate_limit is not None:
        yield Fact("Rate limit", _limit(destination.rate_limit))
    if destination.oauth is not None:
        yield Fact("Authorization", ["OAuth 2.0; access tokens are renewed when they run out"])
    forgets: Phrase = [code("segue forget"), " deletes a person here, too"]
    yield Fact("Deletion", forgets if destination.forgets else ["people cannot be deleted here"])
    names = ["an event's ", code("integrations"), " object names it "]
    yield Fact("Switching it off", [*names, *listed(dict.fromkeys(destination.names), "or")])
    if destination.stand_in is not None:
        yield Fact("Trying it", [code(f"segue sandbox {destination.slug}"), " is a local stand-in"])


def _limit(limit: RateLimit) -> Phrase:
    second = "second" if limit.per == 1 else f"{limit.per:g} seconds"
    requests = "request" if limit.requests == 1 else "requests"
    return [f"{limit.requests:,} {requests} in any {second} with one credential"]


def _offered(preset: Preset, titles: dict[str, str], triggers: dict[str, str]) -> Offered:
    trigger = triggers[preset.action] if preset.trigger is None else preset.trigger
    differs = [[code(key), " = ", *words(value)] for key, value in preset.override.items()]
    modes = [["sync mode ", code(preset.sync_mode)]] if preset.sync_mode else []
    occasion: Phrase = ["with every connection"]
    return Offered(
        name=line(preset.name),
        trigger=code(trigger),
        action=titles[preset.action],
        offered=occasion if preset.event is None else ["for the event ", code(preset.event)],
        differs=[*modes, *differs],
    )


def _part(action: AnyAction) -> ActionPart:
    return ActionPart(
        slug=action.slug,
        title=line(action.title),
        about=paragraphs(action.description),
        trigger=code(action.trigger),
        facts=[*_features(action)],
        rows=[*rows(action.fields, partial(_asked, action))],
        others=[*others(action.fields)],
        mapping=yaml(_mapping(action), blocks=3) if action.fields.get("properties") else [],
    )


def _features(action: AnyAction) -> Iterator[Fact]:
    if action.sync_modes:
        first, *more = action.sync_modes
        rest = [", ", *listed(more)] if more else []
        yield Fact("Sync modes", [code(first), " (default)", *rest])
    if action.batches is not None:
        yield Fact("Batches", _batches(action.batches))
    if action.kind == "async":
        yield Fact("Requests", ["made as they are sent: they can be tested, not previewed"])


def _batches(batch: Batch) -> Phrase:
    apart: Phrase = [", one for each ", *listed(batch.keys, "and")] if batch.keys else []
    size = f"up to {batch.max_items:,} events or {batch.max_bytes:,} bytes in a request"
    return [f"{size}, after {batch.wait:g} s at most", *apart]


def _asked(action: AnyAction, field: str) -> Phrase:
    """How the choices of a field are asked for, where they are."""
    for path, what in (
        (field, ""),
        (f"{field}.{KEYS}", "names: "),
        (f"{field}.{VALUES}", "values: "),
    ):
        asking = action.choosing(path)
        if asking is not None and asking.place.field == path:
            command = f"segue choices CONNECTION {action.slug} {path}"
            return [f"{what}asked of {line(action.destination.title)}: ", code(command)]
    return []


def _mapping(action: AnyAction) -> JsonObject:
    """The default mapping as it stands in a workspace, under ``mappings``."""
    said: dict[str, JsonValue] = {"action": action.slug, "trigger": action.trigger}
    if action.sync_mode is not None:
        said["sync_mode"] = action.sync_mode
    return {action.slug: {**said, "fields": action.mapping}}
