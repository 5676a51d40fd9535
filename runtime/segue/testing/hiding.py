"""Whether a secret shows anywhere: in what an action makes, in what it says, in what is shown of it."""

import base64
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from segue.destination import Person
from segue.http import Request
from segue.json import script
from segue.testing.breaking import BrokenError
from segue.testing.performing import within
from segue.testing.places import of_error
from segue.testing.subject import ActionSubject, DestinationSubject


T = TypeVar("T")

_SIGN: Final = (
    "Leave credentials to @DESTINATION.authenticate: it is applied at every attempt, and what it adds is "
    "never stored or shown."
)


def hides(subject: ActionSubject) -> None:
    """No secret setting is in a request, an error or a log line of the action."""
    for _, payload in subject.shown:
        made = subject.run([payload])
        places = {
            "an error message": made.fault.message if made.fault else "",
            "a log line": made.logged,
        }
        if not subject.home.destination.open_url:
            places |= {
                f"the {part} of a request": text
                for one in made.requests
                for part, text in _parts(one)
            }
        for place, text in places.items():
            for name in _shown(subject.home, text):
                raise BrokenError(f"the secret setting {name} shows in {place}", _SIGN)


def hides_signed(subject: DestinationSubject) -> None:
    """What is shown of a signed request holds no credential, in any spelling."""
    destination, settings = subject.destination, subject.settings
    request = _tried("the credential test", lambda: destination.probe(settings)) or Request.get("/")
    signed = _tried("authenticate", lambda: destination.sign(request, settings))
    shown = signed.redacted(destination.secrets(settings))
    text = "\n".join((repr(shown), *(text for _, text in _parts(shown))))
    for name in _shown(subject, text):
        raise BrokenError(
            f"the secret setting {name} shows in a signed request",
            "Put it into the Authorization header (request.with_bearer, request.with_basic) or into one "
            "of its own, as it is or in Base64: what is spelled otherwise cannot be found and hidden.",
        )


def stays_home(subject: DestinationSubject) -> None:
    """The credential test and the deletion of a person go to the destination, whatever the ids."""
    destination, settings = subject.destination, subject.settings
    base = _tried("the URL", lambda: destination.base(settings))
    people = [Person("u/1?#"), Person("u", ".."), Person(None, "../a b"), Person("é\r\nx: 1")]
    probe = _tried("the credential test", lambda: destination.probe(settings))
    if probe is not None:
        _at_home("the credential test", probe, base)
    for person in people:
        what = f"on_delete for {person}"
        for request in _tried(what, partial(destination.forget, person, settings)) or ():
            _at_home(what, request, base)


def _tried(what: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        raise BrokenError(
            f"{what} raised {type(error).__name__}: {error} ({of_error(error)})",
            "It has to work with any settings that their schema allows, and for any person.",
        ) from None


def _at_home(what: str, request: Request, base: str) -> None:
    try:
        url = request.under(base).url
    except ValueError as error:
        raise BrokenError(
            f"{what}: {error}", 'Quote ids: urllib.parse.quote(id, safe="").'
        ) from None
    if not within(base)(url):
        raise BrokenError(
            f"{what} goes to {url!r}, which is not under {base}",
            'Give a path; quote ids in it: urllib.parse.quote(id, safe="").',
        )


def _parts(request: Request) -> Iterator[tuple[str, str]]:
    yield "URL", f"{request.url} {dict(request.params)}"
    yield "headers", str(dict(request.headers))
    yield "body", script(request.json) + repr(request.body)


def _shown(subject: DestinationSubject, text: str) -> Iterator[str]:
    """The names of the secret settings that stand in a text, as they are or encoded."""
    secrets = subject.destination.fields.secrets
    for name in secrets:
        value = subject.settings.get(name)
        if isinstance(value, str) and len(value) > 5 and any(one in text for one in _spellings(value)):  # fmt: skip
            yield name


def _spellings(secret: str) -> Sequence[str]:
    data = secret.encode()
    cores = [base64.b64encode(b"\0" * pad + data).decode()[4 * bool(pad) : -4] for pad in (0, 1, 2)]
    return [secret, secret[::-1], data.hex(), *(core for core in cores if len(core) > 5)]
