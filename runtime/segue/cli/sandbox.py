"""segue sandbox: a local stand-in for a destination."""

import click

from segue.cli.output import plain, stdout
from segue.cli.serving import PORT, linger, listen, serving
from segue.cli.setup import Setup, pass_setup
from segue.destination import Sandbox


@click.command("sandbox")
@click.argument("destination")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=9000, show_default=True, help="0 for any.")
@click.option("--db", help="Keep the data in this file; without it, in memory.")
@click.option("--fail", "faults", help="Faults on demand: 5xx=0.1,timeout=0.02,429")
@click.option("--seed", type=int, help="Make the faults the same every time.")
@click.option("--set", "switches", multiple=True, metavar="NAME=VALUE", help="A switch of its own.")
@pass_setup
def command(
    setup: Setup,
    destination: str,
    host: str,
    port: int,
    db: str | None,
    faults: str | None,
    seed: int | None,
    switches: tuple[str, ...],
) -> None:
    """Serve a local stand-in for DESTINATION until Ctrl-C."""
    found = setup.destination(destination)
    if found.stand_in is None:
        raise click.ClickException(f"{found.title} has no sandbox")
    try:
        app = found.stand_in.open(db=db, faults=faults, seed=seed, switches=_pairs(switches))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    with serving(app, listen(host, port)) as url:
        look(found.stand_in, url)
        linger()


def _pairs(switches: tuple[str, ...]) -> dict[str, str]:
    """Switches by name; one without a value is on."""
    return {name: value or "true" for name, _, value in (one.partition("=") for one in switches)}


def look(sandbox: Sandbox, url: str) -> None:
    """Say where the sandbox is, what to look at, and the settings of a connection to it."""
    for name, path in {"API": sandbox.base, **sandbox.pages}.items():
        stdout.print(f"  {plain(name):<10} [bold]{plain(url + path)}[/]")
    for name, value in sandbox.settings.items():
        stdout.print(f"  {plain(name):<10} [bold]{plain(value)}[/]")
    stdout.print("[dim]Ctrl-C ends it.[/]")
