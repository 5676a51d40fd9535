"""segue send: events from a file or stdin, delivered."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO, Final, cast

import click
import httpx
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from segue.cli import durable
from segue.cli.files import INPUT, terminable, utf8
from segue.cli.output import (
    plain,
    print_json,
    request_data,
    request_text,
    some,
    stderr,
    stdout,
    write,
)
from segue.cli.setup import Setup, pass_setup
from segue.cli.tally import Tally
from segue.delivery import Courier, Scripts, Settled
from segue.dispatch import Delivery, Dispatcher, Prepared
from segue.events import Event, Rejected, read
from segue.functions.host import Host
from segue.hooks import Hooks
from segue.http import Request
from segue.json import JsonObject, decode, encode
from segue.outcome import name
from segue.retry import RetryPolicy
from segue.schemas import Rule, compile_rule
from segue.secrets import Secrets
from segue.senders import HttpxSender, Tokens


PATIENCE: Final = 60.0
CONFLICT: Final = name(HTTPStatus.CONFLICT)


@click.command("send")
@click.argument("file", type=INPUT)
@click.option("--source", help="The source the events come from; needed when there are several.")
@click.option("--dry-run", is_flag=True, help="Print the requests instead of sending them.")
@click.option("--now", is_flag=True, help="Deliver in this process, without the store.")
@click.option(
    "--retry-for", default=PATIENCE, show_default=True, help="Seconds to go on trying a delivery."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: the summary, or a request a line."
)
@pass_setup
def command(
    setup: Setup,
    file: BinaryIO,
    source: str | None,
    *,
    dry_run: bool,
    now: bool,
    retry_for: float,
    as_json: bool,
) -> None:
    """Store and deliver the events of FILE, one JSON object a line ("-" is stdin).

    When "segue serve" runs on the same data directory, it is handed the events and delivers them.
    Otherwise they are delivered here; what needs longer than --retry-for stays in the store, and
    the next "segue serve" or "segue send" goes on with it.
    """
    tally, origin = Tally(), setup.source(source).name
    here, stored = True, not (dry_run or now)
    with summed(tally, stored=stored), progress(file, shown=not dry_run) as advance:
        found = intake(counted(file, advance))
        if stored:
            here = asyncio.run(durable.send(setup, origin, found, tally, retry_for=retry_for))
        else:
            work = directly(setup, origin, found, tally, retry_for, dry=dry_run, as_json=as_json)
            asyncio.run(work)
    if as_json and not dry_run:
        print_json(tally.data())
    else:
        summarise(tally, here=here)
    if stored:
        for sentence in asyncio.run(durable.held(setup)):
            stderr.print(f"[magenta]{plain(sentence)}[/]", highlight=False)
    sys.exit(0 if tally.ok else 1)


@contextmanager
def summed(tally: Tally, *, stored: bool) -> Generator[None]:
    """Where it is interrupted, say how far it came."""
    try:
        with terminable():
            yield
    except KeyboardInterrupt:
        stays = "what is stored stays, and the next run goes on with it; " if stored else ""
        stderr.print(f"interrupted; {stays}so far:")
        summarise(tally)
        raise


async def directly(
    setup: Setup,
    origin: str,
    found: Iterable[Event | Rejected],
    tally: Tally,
    retry_for: float,
    *,
    dry: bool,
    as_json: bool,
) -> None:
    """Without the store; schemas and plugins are asked here, since nobody else does."""
    workspace = setup.workspace
    rule, hooks = compile_rule(workspace.schemas), workspace.hooks
    chunks = (revised(judged(one, rule), hooks, origin) async for one in durable.chunks(found))
    deliveries = dispatched(chunks, Dispatcher(workspace), origin, tally)
    if dry:
        await preview(deliveries, tally, as_json=as_json)
    else:
        await deliver(deliveries, tally, RetryPolicy(window=retry_for), secrets=setup.secrets)


def counted(file: BinaryIO, advance: Callable[[int], None]) -> Iterator[bytes]:
    """The lines of a file; ``advance`` is told how many bytes each has."""
    for line in utf8(file):
        advance(len(line))
        yield line


def intake(found: Iterable[bytes]) -> Iterator[Event | Rejected]:
    """The events of these lines, checked and normalised."""
    return read(found, clock=lambda: datetime.now(UTC), ids=lambda: f"segue-{uuid.uuid4()}")


def judged(found: Iterable[Event | Rejected], rule: Rule | None) -> Iterator[Event | Rejected]:
    """These events as the schemas leave them; what they block comes as refused."""
    for one in found:
        ruling = None if rule is None or isinstance(one, Rejected) else rule(one)
        if ruling is None or isinstance(one, Rejected):
            yield one
        else:
            yield ruling.told(one) if ruling.event is None else ruling.event


def revised(
    found: Iterable[Event | Rejected], hooks: Hooks, source: str
) -> Iterator[Event | Rejected]:
    """These events as the plugins change them; what they drop comes as refused."""
    revise = hooks.revise
    for one in found:
        yield one if revise is None or isinstance(one, Rejected) else revise(one, source)


async def dispatched(
    found: AsyncIterable[Iterable[Event | Rejected]],
    dispatcher: Dispatcher,
    source: str,
    tally: Tally,
) -> AsyncIterator[Delivery]:
    """The deliveries of these events, as they come; what does not become one is counted."""
    async for chunk in found:
        for event in chunk:
            if isinstance(event, Rejected):
                tally.refuse(event)
                continue
            tally.events += 1
            for skipped in dispatcher.skipped(event, source):
                tally.skip(skipped, event)
            for delivery in apart(dispatcher.dispatch(event, source)):
                yield delivery


def apart(deliveries: list[Delivery]) -> list[Delivery]:
    """Deliveries of one event, each with its own: an action that writes to it spoils no other's."""
    if len(deliveries) == 1:
        return deliveries
    return [replace(one, event=_copied(one.event)) for one in deliveries]


def _copied(event: JsonObject) -> JsonObject:
    return cast("JsonObject", decode(encode(event)))


async def deliver(
    deliveries: AsyncIterable[Delivery],
    tally: Tally,
    retry: RetryPolicy,
    *,
    room: int = 1000,
    secrets: Secrets | None = None,
) -> None:
    """Send them all, at most ``room`` at once; returns when the last one is over."""
    async with (
        httpx.AsyncClient() as client,
        Tokens(HttpxSender(client), secrets) as tokens,
        Host() as host,
    ):
        courier = Courier(
            HttpxSender(client),
            settled=tally.settle,
            retry=retry,
            room=room,
            tokens=tokens,
            scripts=Scripts(host),
        )
        async for delivery in deliveries:
            await courier.submit(delivery)
        await courier.finish()


async def preview(deliveries: AsyncIterable[Delivery], tally: Tally, *, as_json: bool) -> None:
    """Print what would be sent."""
    async with Host() as host:
        scripts = Scripts(host)
        async for delivery in deliveries:
            prepared = await scripts.preview(delivery)
            if not isinstance(prepared, Prepared):
                tally.settle(Settled(delivery, None, (), prepared))
            elif prepared.request is not None:
                _show(delivery, prepared.request.under(delivery.connection.base), as_json=as_json)
            else:
                stderr.print(f"{_head(delivery)}: there is no request to show")


def _show(delivery: Delivery, request: Request, *, as_json: bool) -> None:
    secrets = delivery.connection.secrets
    if as_json:
        name = f"{delivery.connection.name}.{delivery.mapping.name}"
        write(json.dumps({"mapping": name, **request_data(request, secrets)}, ensure_ascii=False))
    else:
        stdout.print(f"[dim]{_head(delivery)}[/]")
        write(request_text(request, secrets) + "\n")


def _head(delivery: Delivery) -> str:
    message = delivery.event.get("messageId")
    return plain(f"# {message} → {delivery.connection.name}.{delivery.mapping.name}")


def summarise(tally: Tally, *, here: bool = True) -> None:
    """Print the sums, and the first failures with their reasons."""
    if not here:
        new = some(tally.stored, "new event is stored", "new events are stored")
        stderr.print(f"{new}; the running process delivers what is new")
    stderr.print(tally.table())
    stderr.print("; ".join(sums(tally)))
    for failure in tally.failures:
        stderr.print(f"[red]✗[/] {plain(failure)}", highlight=False)


def sums(tally: Tally) -> Iterator[str]:
    """How many events there were, and what else there is to say of them all."""
    yield some(tally.events, "event", "events")
    if tally.known:
        yield f"{tally.known:,} of them taken before, suppressed, or dropped by a plugin"
    if tally.retried:
        yield f"{some(tally.retried, 'delivery', 'deliveries')} needed more than one attempt"
    if any(code == CONFLICT for *_, code in tally.deliveries):
        yield f"{CONFLICT}: the destination knows them by their key, from an earlier run"


@contextmanager
def progress(file: BinaryIO, *, shown: bool) -> Generator[Callable[[int], None]]:
    """A progress bar on a terminal over the bytes of a file; it pulses where none knows them all."""
    if not (shown and stderr.is_terminal):
        yield lambda _: None
        return
    columns = TextColumn("sending"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("sending", total=_size(file))
        yield lambda count: bar.advance(task, count)


def _size(file: BinaryIO) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except (OSError, ValueError):
        return None
