"""What a request is judged by: names, accounts, sessions, tries, the clock and chance."""

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from segue.console.security.attempts import Attempts
from segue.console.security.book import Book
from segue.console.security.hosts import LOOPBACK
from segue.console.security.passwords import COST, SALT, Cost, seal
from segue.console.security.sessions import Sessions, read_sessions
from segue.console.security.tokens import Draw, FormTokens
from segue.console.security.users import Account, Accounts
from segue.console.visit import LOCAL, Who
from segue.errors import StoreUnavailableError
from segue.json import JsonObject, JsonValue


FILE: Final = "console-sessions.json"
KEY: Final = 32


@dataclass(frozen=True, slots=True)
class Door:
    """Who comes in, and as whom.

    ``hosts`` are the names it answers to, a name with a port being that port only. Without ``accounts``
    everybody is ``local`` and an editor; ``unlocked`` says that it is so too while nobody has an
    account yet. ``secure`` is for HTTPS, spoken here or by a proxy; ``forwarded`` takes the address of
    whoever signs in from the proxy's X-Forwarded-For. Sessions are written down in the ``book``.
    """

    hosts: frozenset[str] = LOOPBACK
    accounts: Accounts | None = None
    unlocked: bool = False
    secure: bool = False
    forwarded: bool = False
    cookie: str = "segue_console"
    clock: Callable[[], float] = time.time
    draw: Draw = secrets.token_bytes
    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY), repr=False)
    sessions: Sessions = field(default_factory=lambda: Sessions(secrets.token_bytes), repr=False)
    book: Book | None = field(default=None, repr=False)
    attempts: Attempts = field(default_factory=Attempts, repr=False)
    cost: Cost = COST

    @property
    def scheme(self) -> str:
        """As browsers see it."""
        return "https" if self.secure else "http"

    @property
    def tokens(self) -> FormTokens:
        """What forms send back."""
        return FormTokens(self.key, self.draw)

    @property
    def session_cookie(self) -> str:
        """Where the browser has its session; over HTTPS no other host or page can set it."""
        return f"__Host-{self.cookie}" if self.secure else self.cookie

    @property
    def login_cookie(self) -> str:
        """Where the browser has what the form for signing in is bound to."""
        return f"{self.session_cookie}_login"

    def everybody(self) -> Who | None:
        """Who everybody is, None where one must sign in. Raises StoreUnavailableError."""
        if self.accounts is None or (self.unlocked and not self.accounts.all()):
            return LOCAL
        return None

    def visitor(self, session: str) -> Who | None:
        """Who has a session, None when it is none or over. Raises StoreUnavailableError."""
        news = self.book.news() if self.book else None
        if news is not None:
            self.sessions.merge(read_sessions(news.get("sessions")))
        found = self.sessions.find(session, self.clock())
        account = self.accounts.find(found.user) if found and self.accounts else None
        if found is None or account is None or account.mark != found.mark:
            return None
        return Who(account.name, account.role)

    def decoy(self) -> str:
        """A sealed password that nobody has, for names that nobody has: they cost as much to try."""
        return seal(self.draw(KEY).hex(), self.draw(SALT), self.cost)

    def write(self) -> None:
        """Write down who is signed in, here and in other consoles. Blocks. Raises StoreUnavailableError."""
        if self.book is not None:
            written = self.book.exchange(self._joined)
            self.sessions.noted(read_sessions(written["sessions"]))

    def tear(self) -> None:
        """Let nobody be signed in but in this process, where nothing can be written. Raises StoreUnavailableError."""
        if self.book is not None:
            self.book.tear()
            self.sessions.noted(())

    def _joined(self, found: JsonObject) -> JsonObject:
        """What is written down, so that a restart changes nothing."""
        self.sessions.merge(read_sessions(found.get("sessions")))
        key = _key(found.get("key")) or self.key
        return {"key": key.hex(), "sessions": self.sessions.data()}

    def admit(self, account: Account) -> str:
        """Begin a session; its id."""
        return self.sessions.begin(account.name, account.mark, self.clock())


def open_door(
    directory: Path,
    hosts: frozenset[str],
    *,
    unlocked: bool,
    secure: bool = False,
    forwarded: bool = False,
    cookie: str = "segue_console",
) -> Door:
    """The door of a data directory, with the sessions there were. Raises StoreUnavailableError."""
    book, draw = Book(directory / FILE), secrets.token_bytes
    kept = book.news() or {}
    sessions = Sessions(draw)
    sessions.merge(read_sessions(kept.get("sessions")))
    door = Door(
        hosts=hosts,
        accounts=Accounts(directory),
        unlocked=unlocked,
        secure=secure,
        forwarded=forwarded,
        cookie=cookie,
        key=_key(kept.get("key")) or draw(KEY),
        sessions=sessions,
        book=book,
    )
    if not kept and directory.is_dir():
        with suppress(StoreUnavailableError):  # on a full disk one looks at the console, too
            door.write()  # a form that is filled in now is good after a restart
    return door


def _key(value: JsonValue) -> bytes | None:
    """The key that was written down, None for what is none."""
    usable = isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{2 * KEY}}}", value)
    return bytes.fromhex(str(value)) if usable else None
