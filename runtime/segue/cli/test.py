"""segue test: one event through one action, every stage shown."""

import asyncio
import json
import logging
import sys
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import BinaryIO, Final

import click

from segue import samples
from segue.cli.files import INPUT, refuse_utf16
from segue.cli.output import (
    plain,
    print_json,
    request_data,
    request_text,
    response_data,
    response_text,
    stdout,
    verdict,
    write,
)
from segue.cli.setup import Setup, pass_setup
from segue.delivery import Settled
from segue.delivery.trial import attempt
from segue.dispatch import Delivery
from segue.errors import EventError
from segue.events import Event, parse
from segue.http import Request
from segue.json import JsonValue
from segue.outcome import Delivered
from segue.plugins import AnyAction
from segue.workspace.model import ActionMapping, Connection


NOWHERE: Final = "(no connection)"


@click.command("test")
@click.argument("action")
@click.option("--event", "file", type=INPUT, help="A file with one event; else a sample.")
@click.option(
    "--connection", help="Whose settings and mapping; else the first that has this action."
)
@click.option("--mapping", help="Which of the connection's mappings of this action.")
@click.option("--dry-run", is_flag=True, help="Stop at the request.")
@click.option("--json", "as_json", is_flag=True, help="Print every stage as JSON.")
@pass_setup
def command(
    setup: Setup,
    action: str,
    file: BinaryIO | None,
    connection: str | None,
    mapping: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send one event through ACTION ("loops.sendEvent") and show payload, request and response.

    Where no connection has the action, its default mapping is used and nothing is sent.
    """
    found = setup.action(action)
    where, used = choose(setup, found, connection, mapping)
    delivery = Delivery(event(found, file), "test", where, used)
    sent = not dry_run and where.name != NOWHERE
    with hearing():
        settled = asyncio.run(attempt(delivery, setup.secrets, send=sent))
    if as_json:
        print_json(data(settled))
    else:
        show(settled)
    sys.exit(0 if isinstance(settled.outcome, Delivered) else 1)


@contextmanager
def hearing() -> Generator[None]:
    """Have what functions print said on stderr."""
    log, handler = logging.getLogger("segue.functions"), logging.StreamHandler()
    log.addHandler(handler)
    before = log.level
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def choose(
    setup: Setup, action: AnyAction, connection: str | None, mapping: str | None
) -> tuple[Connection, ActionMapping]:
    """The connection and mapping to use: what was asked for, else the first that fits."""
    asked = connection is not None or mapping is not None
    if asked or setup.file.exists():
        several = setup.workspace.connections.values()
        for one in [setup.connection(connection)] if connection else several:
            for used in one.mappings:
                if used.action is action and mapping in {None, used.name}:
                    return one, used
    if asked:
        raise click.UsageError(f"no mapping of {action.name} fits; segue show lists what there is")
    return Connection(NOWHERE, action.destination, {}, ("test",)), ActionMapping.of(action)


def event(action: AnyAction, file: BinaryIO | None) -> Event:
    """The event of the file, or a sample that the action's trigger matches."""
    if file is None:
        events = samples.by_type().values()
        matches = ActionMapping.of(action).matches
        return dict(next((one for one in events if matches(one)), next(iter(events))))
    text = file.read()
    refuse_utf16(file, text)
    try:
        now = datetime.now(UTC)
        return parse(text, received_at=now, message_id=lambda: f"test-{uuid.uuid4()}")
    except EventError as error:
        raise click.ClickException(f"{file.name}: {error}") from None


def data(settled: Settled) -> dict[str, object]:
    """Every stage as JSON."""
    delivery, secrets = settled.delivery, settled.delivery.connection.secrets
    return {
        "action": delivery.mapping.action.name,
        "matches": delivery.mapping.matches(delivery.event),
        "event": delivery.event,
        "payload": settled.payload,
        "attempts": [
            {
                "request": request_data(_absolute(one.request, delivery), secrets),
                "response": response_data(one.response, secrets),
            }
            for one in settled.attempts
            if one.request is not None
        ],
        "outcome": {"code": settled.outcome.code, "why": settled.outcome.why},
    }


def show(settled: Settled) -> None:
    """Every stage as people read it."""
    delivery, secrets = settled.delivery, settled.delivery.connection.secrets
    head = f"{delivery.mapping.action.name} through {delivery.connection.name}"
    stdout.rule(plain(head), align="left")
    if not delivery.mapping.matches(delivery.event):
        trigger = plain(delivery.mapping.trigger)
        stdout.print(f"[yellow]the trigger does not match this event:[/] {trigger}")
    _section("event", delivery.event)
    if settled.payload is not None:
        _section("payload", settled.payload)
    for one in settled.attempts:
        if one.request is not None:
            _section("request", request_text(_absolute(one.request, delivery), secrets))
        if one.response is not None:
            _section("response", response_text(one.response, secrets))
    stdout.print(f"[bold]outcome[/]  {verdict(settled.outcome)}")


def _absolute(request: Request, delivery: Delivery) -> Request:
    return request.under(delivery.connection.base)


def _section(title: str, content: JsonValue) -> None:
    stdout.print(f"[bold]{title}[/]")
    text = (
        content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)
    )
    write(f"{text}\n")
