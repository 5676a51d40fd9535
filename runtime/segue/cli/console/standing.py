"""Whether a console may be opened where it is told to, and the door it gets there."""

from dataclasses import dataclass
from pathlib import Path

import click

from segue.console.security import Accounts, Door, open_door
from segue.console.security.hosts import LOOPBACK, local, named


ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 told apart, not listened on


@dataclass(frozen=True, slots=True)
class Place:
    """Where a console is to be reached, and what protects it there."""

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    proxied: bool = False
    insecure: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers reach it over HTTPS."""
        return self.certificate is not None or self.proxied

    @property
    def exposed(self) -> bool:
        """Whether others than those at this machine may reach it."""
        foreign = [one for one in self.names if not local((named(one) or "").strip("[]"))]
        return not local(self.host) or self.proxied or bool(foreign)

    @property
    def hosts(self) -> frozenset[str]:
        """Every name that it answers to."""
        bare = f"[{self.host}]" if ":" in self.host else self.host
        own = set() if self.host in ANY else {bare.lower()}
        return LOOPBACK | own | {one.lower() for one in self.names}

    def door(self, directory: Path, port: int) -> Door:
        """The door of a console here. Raises UsageError for one that is not to be opened."""
        self._check()
        if self.exposed and not Accounts(directory).all():
            raise click.UsageError(
                "others could reach this console, and nobody has an account; add one with:"
                " segue console user add NAME"
            )
        return open_door(
            directory,
            self.hosts,
            unlocked=not self.exposed,
            secure=self.secure,
            forwarded=self.proxied,
            cookie="segue_console" if self.secure else f"segue_console_{port}",
        )

    def _check(self) -> None:
        wrong = [one for one in self.names if named(one) is None]
        if wrong:
            raise click.UsageError(
                f'"{wrong[0]}" is no name of a host, such as console.example.org'
            )
        if (self.certificate is None) != (self.key is None):
            raise click.UsageError("--tls-cert and --tls-key go together")
        if self.exposed and not (self.secure or self.insecure):
            raise click.UsageError(
                "passwords would be sent in clear; give --tls-cert and --tls-key, put a proxy with HTTPS"
                " in front and say --behind-proxy, or say --insecure"
            )
        if self.host in ANY and not self.names:
            raise click.UsageError(
                f"say under which names it is reached on {self.host}: --name console.example.org"
            )
