"""What an author declares about a destination: where it is, what it needs, how it is asked."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol, TypeAlias, TypeVar, cast

from segue.arguments import bind, misnamed, untold
from segue.audience import SyncMode
from segue.choices import Menu
from segue.errors import AuthorError, Problem
from segue.fields import Fields, check_fields, compile_fields
from segue.http import Request, Response
from segue.json import JsonObject, JsonValue, text
from segue.oauth import OAuth2
from segue.outcome import conclude
from segue.pacing import RateLimit
from segue.presets import Preset


Settings: TypeAlias = Mapping[str, JsonValue]
Proof: TypeAlias = Generator[Request, Response, None]
Authenticate: TypeAlias = Callable[[Request, Settings], Request]

# starlette's ASGI types are not ours to require: a sandbox is any ASGI application.
AsgiApp: TypeAlias = Callable[..., object]
F = TypeVar("F", bound=Callable[..., object])

SLUG: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
NO_SETTINGS: Final[JsonObject] = {"type": "object", "properties": {}}

_TEST: Final = ("settings",)
_FORGET: Final = ("user", "settings")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a deletion is about; either id may be missing, never both."""

    user_id: str | None = None
    anonymous_id: str | None = None


class OpenSandbox(Protocol):
    """Makes the ASGI application; ``db`` is a file to keep data in, ``faults`` what should fail.

    ``switches`` are the destination's own, as texts. Raises ValueError or ConfigError.
    """

    def __call__(
        self,
        *,
        db: str | None = None,
        faults: str | None = None,
        seed: int | None = None,
        switches: Mapping[str, str] = ...,
    ) -> AsgiApp: ...


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A local stand-in for a destination, for demos and tests.

    ``settings`` are those of a connection to it, ``base`` is the path its API lives under, and
    ``pages`` are those worth a look, by name.
    """

    open: OpenSandbox
    settings: Settings
    base: str
    pages: Mapping[str, str]


class Destination:
    """A tool that events are delivered to.

    ``url`` is the base that relative request URLs are put behind: text, or a function of the
    settings where the vendor has several regions. ``settings`` is a field spec (JSON Schema);
    a setting that is ``writeOnly`` is a secret and is never shown. ``rate_limit`` is the vendor's,
    kept per credential. ``names`` are further keys in an event's integrations object; title and
    slug always are. ``docs`` leads a reader to the vendor's own pages. ``open_url`` says that a
    setting or a field is where requests go, so that they need not stay under the base. ``openapi``
    is the vendor's OpenAPI document, or its file; the contract kit holds requests to it. ``oauth``
    says how access tokens are had; a request carries one before ``authenticate`` sees it.

    ``eq`` is identity: a destination is one declaration.
    """

    def __init__(
        self,
        slug: str,
        *,
        title: str,
        url: str | Callable[[Settings], str],
        description: str = "",
        settings: JsonObject = NO_SETTINGS,
        rate_limit: RateLimit | None = None,
        names: Iterable[str] = (),
        docs: str | None = None,
        open_url: bool = False,
        openapi: JsonObject | Path | None = None,
        oauth: OAuth2 | None = None,
    ) -> None:
        self.slug = slug
        self.title = title
        self.url = url
        self.description = description
        self.settings = settings
        self.rate_limit = rate_limit
        self.names = (title, slug, *names)
        self.docs = docs
        self.open_url = open_url
        self.openapi = openapi
        self.oauth = oauth
        self._authenticate: Authenticate | None = None
        self._test: Callable[..., object] | None = None
        self._forget: Callable[..., object] | None = None
        self.stand_in: Sandbox | None = None
        self.menu = Menu()
        self.presets: list[Preset] = []

    def authenticate(self, function: Authenticate) -> Authenticate:
        """Declare how a request is authenticated; applied afresh at every attempt."""
        self._authenticate = function
        return function

    def test(self, function: F) -> F:
        """Declare the request that proves the credentials; it may take ``settings``.

        Where the status does not say it, this is a generator: it is handed the answer and returns an
        outcome, such as Discarded for credentials that are refused.
        """
        self._test = function
        return function

    def on_delete(self, function: F) -> F:
        """Declare the requests that delete a person; it takes ``user`` and may take ``settings``."""
        self._forget = function
        return function

    def choices(self, field: str) -> Callable[[F], F]:
        """Declare the function that finds the choices for a field, in every action that has it.

        An action may declare its own; see Action.choices.
        """
        return self.menu.declare(field)

    def preset(
        self,
        name: str,
        *,
        action: str,
        trigger: str | None = None,
        override: JsonObject | None = None,
        sync_mode: SyncMode | None = None,
        event: str | None = None,
    ) -> Preset:
        """Offer a mapping to the action of this slug when a connection is made; see Preset."""
        preset = Preset(name, action, trigger, override or {}, sync_mode, event)
        self.presets.append(preset)
        return preset

    def sandbox(
        self, *, settings: Settings, base: str, pages: Mapping[str, str]
    ) -> Callable[[OpenSandbox], OpenSandbox]:
        """Declare a local stand-in: a function that makes an ASGI application. See Sandbox."""

        def declare(function: OpenSandbox) -> OpenSandbox:
            self.stand_in = Sandbox(function, settings, base, pages)
            return function

        return declare

    @cached_property
    def fields(self) -> Fields:
        """The compiled settings schema. Raises FieldsError."""
        return compile_fields(self.settings)

    def base(self, settings: Settings) -> str:
        """The base URL for these settings. Raises AuthorError where the plugin makes none of them."""
        if isinstance(self.url, str):
            return self.url
        made = cast("object", self.url(settings))
        if not isinstance(made, str):
            raise AuthorError(f"the url of {self.slug} is {type(made).__name__}, not text")
        return made

    def sign(
        self,
        request: Request,
        settings: Settings,
        *,
        base: str | None = None,
        token: str | None = None,
    ) -> Request:
        """The request as it is sent: absolute, with its access ``token``, and authenticated."""
        absolute = request.under(base or self.base(settings))
        if self.oauth is not None and token is not None:
            absolute = self.oauth.put(absolute, token)
        if self._authenticate is None:
            return absolute
        return _request(self._authenticate(absolute, settings), f"authenticate of {self.slug}")

    def probe(self, settings: Settings) -> Request | None:
        """The request that proves the credentials, None where the destination has none."""
        return next(self.proof(settings), None)

    def proof(self, settings: Settings) -> Proof:
        """The credential test as a generator, of one request or several, or of none.

        Raises OutcomeError where the destination's own code says that the credentials are refused.
        """
        if self._test is None:
            return
        subject = f"the credential test of {self.slug}"
        made = bind(self._test, _TEST)({"settings": settings})
        if not isinstance(made, Generator):
            yield _request(made, subject)
            return
        steps = cast("Generator[object, Response, object]", made)
        conclude((yield from _requests(steps, subject)), subject)

    def forget(self, user: Person, settings: Settings) -> tuple[Request, ...] | None:
        """The requests that delete a person, None where the destination cannot."""
        if self._forget is None:
            return None
        made = bind(self._forget, _FORGET)({"user": user, "settings": settings})
        several = made if isinstance(made, Iterable) else (made,)
        return tuple(_request(one, f"on_delete of {self.slug}") for one in several)

    @property
    def forgets(self) -> bool:
        """Whether it can delete a person."""
        return self._forget is not None

    def secrets(self, settings: Settings) -> tuple[str, ...]:
        """The values in these settings that must never be shown."""
        return tuple(one for key in self.fields.secrets for one in _texts(settings.get(key)) if one)

    def check(self) -> list[Problem]:
        """Everything wrong with the declaration."""
        problems = check_fields(self.settings) + untold(title=self.title)
        if not callable(self.url):
            problems += untold(url=self.url)
        problems += misnamed(self._test, _TEST, "the credential test")
        problems += misnamed(self._forget, _FORGET, "on_delete")
        problems += self.menu.check(None)
        problems += self.oauth.check(self.settings) if self.oauth else []
        if not SLUG.fullmatch(str(self.slug)):
            problems.append(
                Problem("", f"the slug {self.slug!r} should be letters, digits, _ or -")
            )
        return problems

    def __repr__(self) -> str:
        return f"<Destination {self.slug}>"


def _texts(value: JsonValue) -> Iterator[str]:
    """The texts and numbers in a value, as they would be printed."""
    match value:
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case None | bool():
            return
        case str() | int() | float():
            yield text(value)
        case _:
            for item in value:
                yield from _texts(item)


def _request(made: object, subject: str) -> Request:
    if not isinstance(made, Request):
        raise AuthorError(f"{subject} returned {type(made).__name__}, not a Request")
    return made


def _requests(
    steps: Generator[object, Response, object], subject: str
) -> Generator[Request, Response, object]:
    """A generator of an author's, each of its requests checked."""
    try:
        made = next(steps)
        while True:
            made = steps.send((yield _request(made, subject)))
    except StopIteration as end:
        return end.value
