"""segue console: where it listens, and what must be so before it does."""

import socket
from pathlib import Path
from typing import Final

import click

from segue.cli.console import users
from segue.cli.serving import PORT, listen
from segue.cli.setup import Setup, pass_setup


FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)
INTAKE: Final = "http://127.0.0.1:8080"


@click.group("console", invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=PORT, default=8081, show_default=True, help="Port to listen on; 0 for any."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A name that it answers to beside those of this machine, with or without a port.",
)
@click.option("--tls-cert", type=FILE, help="A certificate, for HTTPS.")
@click.option("--tls-key", type=FILE, help="Its private key.")
@click.option(
    "--behind-proxy", is_flag=True, help="A proxy speaks HTTPS for it, and says who asks."
)
@click.option("--insecure", is_flag=True, help="Speak plain HTTP on a network all the same.")
@click.option(
    "--intake", default=INTAKE, show_default=True, metavar="URL", help="Where sources send to."
)
@click.option("--listener", type=int, hidden=True, help="A socket that a parent opened.")
@pass_setup
@click.pass_context
def command(  # noqa: PLR0917
    context: click.Context,
    setup: Setup,
    host: str,
    port: int,
    names: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    intake: str,
    listener: int | None,
    *,
    behind_proxy: bool,
    insecure: bool,
) -> None:
    """Serve the console, the pages of the workspace and its deliveries, until SIGTERM or Ctrl-C.

    "segue serve" runs one. On this machine alone everybody may open it until there is an account;
    anywhere else one must sign in, over HTTPS.
    """
    if context.invoked_subcommand is not None:
        return
    from segue.cli.console.running import run
    from segue.cli.console.standing import Place

    place = Place(
        host=host,
        names=names,
        certificate=tls_cert,
        key=tls_key,
        proxied=behind_proxy,
        insecure=insecure,
    )
    door = place.door(setup.data, port)
    opened = listen(host, port) if listener is None else socket.socket(fileno=listener)
    run(setup, place, door, opened, intake, led=listener is not None)


command.add_command(users.command)
