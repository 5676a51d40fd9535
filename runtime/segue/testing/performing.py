"""The promises that are tried with many payloads: what an action makes of any that its fields allow."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from segue.errors import PayloadError
from segue.fields import Fields
from segue.fields.schema import kinds, properties
from segue.http import Request
from segue.json import JsonError, JsonObject, decode, script
from segue.testing.breaking import BrokenError
from segue.testing.calls import Stuck
from segue.testing.delivering import deliver
from segue.testing.exploring import case, explore
from segue.testing.subject import ActionSubject


Payloads = Sequence[JsonObject]


def takes(subject: ActionSubject) -> None:
    """Every payload that the fields allow makes a request."""

    def judge(payloads: Payloads) -> None:
        made = subject.run(payloads)
        if made.impure:  # that is another check's to tell
            return
        if made.fault is not None:
            remedy = _REMEDIES.get(made.fault.kind, _ALLOWED)
            raise BrokenError(f"perform raised {made.fault}", remedy, case(payloads))
        if not made.requests:
            raise BrokenError("it made no request", _ALLOWED, case(payloads))

    explore(subject, judge)


_ALLOWED: Final = (
    "What the field spec allows, perform has to take. Say in the fields what it cannot take, or read "
    "what may be missing with payload.get(…)."
)
_REMEDIES: Final = {
    "AuthorError": "Return a Request, such as Request.post(…); a generator yields them.",
    "RefusedError": "Say in the field spec what you refuse, so that people learn of it when they map.",
    "RetryableError": "Another attempt gets the same payload; only an answer is a reason to try again.",
}


def finishes(subject: ActionSubject) -> None:
    """No call takes longer than the limit."""

    def judge(payloads: Payloads) -> None:
        answer = subject.ask(payloads)
        if isinstance(answer, Stuck):
            raise stuck("perform", answer, subject, payloads)

    explore(subject, judge)


def stuck(what: str, answer: Stuck, subject: ActionSubject, payloads: Payloads) -> BrokenError:
    """What is said of a call that did not end."""
    return BrokenError(
        f"{what} {answer.said(subject.plan.limit)}",
        "Look for a loop that waits for something to change, and for what ends the program. A delivery "
        "would hang there, and all behind it.",
        case(payloads),
    )


def pure(subject: ActionSubject) -> None:
    """Nothing but the request comes of a call, and nothing but its arguments goes in."""

    def judge(payloads: Payloads) -> None:
        made = subject.run(payloads)
        if made.impure:
            raise BrokenError(f"perform {made.impure[0]}", _PURE, case(payloads))

    explore(subject, judge)


_PURE: Final = (
    "A dry run, a preview and a retry call it again: it may do nothing but make its request. For a time "
    "take context.received_at, for a unique id context.idempotency_key, for configuration a setting; "
    "for a look-up yield the request from a generator."
)


def repeats(subject: ActionSubject) -> None:
    """The same payload makes the same requests, also in another process."""

    def judge(payloads: Payloads) -> None:
        first = subject.run(payloads)
        if first.impure or first.fault:
            return
        for twin, where in ((False, "a second time"), (True, "in another process")):
            other = subject.run(payloads, twin=twin, again=True)
            if list(map(_spelled, first.requests)) != list(map(_spelled, other.requests)):
                pairs = zip(first.requests, other.requests, strict=False)
                one, two = next(
                    ((a, b) for a, b in pairs if _spelled(a) != _spelled(b)), (None, None)
                )
                raise BrokenError(
                    f"the same payload makes another request {where}",
                    "A retry has to send what was sent before. Keep no state between calls, draw no "
                    "random ids (context.idempotency_key is one), and sort what comes out of a set.",
                    case(payloads),
                    ("first request", _spelled(one)),
                    ("other request", _spelled(two)),
                )

    explore(subject, judge)


def _spelled(request: Request | None) -> str:
    if request is None:
        return "none"
    body = script(request.json) if request.json is not None else repr(request.body)
    head = f"{request.method} {request.url} {dict(request.params)} {dict(request.headers)}"
    return f"{head} {body} {request.timeout} {sorted(request.accept)}"


def keeps(subject: ActionSubject) -> None:
    """What the action is given is as it was when it is done."""

    def judge(payloads: Payloads) -> None:
        changed = subject.run(payloads).changed
        if changed:
            raise BrokenError(
                f"perform writes to the {' and the '.join(changed)} it is given",
                "They are shared with the event and with other actions. Make a new object: "
                "{**payload, …}, or a copy.",
                case(payloads),
            )

    explore(subject, judge)


def stays(subject: ActionSubject) -> None:
    """The URL of every request is one, and lies under the destination's base."""
    base = subject.action.destination.base(subject.home.settings)
    lies = within(base)

    def judge(payloads: Payloads) -> None:
        for request in subject.run(payloads).requests:
            try:
                url = request.under(base).url
            except ValueError as error:
                raise BrokenError(str(error), _QUOTE, case(payloads)) from None
            if not lies(url):
                raise BrokenError(
                    f"the URL {url!r} is not under the destination's {base}",
                    'Give a path ("/tickets"). If people choose where it goes, say so: '
                    "Destination(…, open_url=True).",
                    case(payloads),
                )
            if not _spellable(url):
                raise BrokenError(f"the URL {url!r} is not quoted", _QUOTE, case(payloads))

    explore(subject, judge)


_QUOTE: Final = (
    'Put values into a path with urllib.parse.quote(value, safe=""), and into a query with params={…}. '
    'What quote() leaves as it is, "." and "..", has to be refused by the field: "not": {"enum": [".", ".."]}.'
)


def open_urls(subject: ActionSubject) -> None:
    """Where people choose the URL: it is one of http or https, with a host, and not a private one."""
    for url in PRIVATE:
        _refused(subject, url)

    def judge(payloads: Payloads) -> None:
        for request in subject.run(payloads).requests:
            try:
                url = request.under(subject.action.destination.base(subject.home.settings)).url
            except ValueError as error:
                raise BrokenError(str(error), _OPEN, case(payloads)) from None
            if not urlsplit(url).hostname or not _spellable(url):
                raise BrokenError(f"{url!r} is no URL with a host", _OPEN, case(payloads))

    explore(subject, judge)


def _refused(subject: ActionSubject, url: str) -> None:
    """An address that is not public is refused where a field or setting may hold it."""
    home = subject.home
    settings = _holding(url, home.settings, home.destination.fields)
    for _, payload in subject.shown:
        result = deliver(
            subject.action,
            subject.triggering or {},
            settings=settings,
            mapping={
                key: {"@literal": value}
                for key, value in _holding(url, payload, subject.action.spec).items()
            },
        )
        if any(urlsplit(one.url).hostname == urlsplit(url).hostname for one in result.requests):
            raise BrokenError(
                f"a request to {url} is sent",
                "Make it a Request: those of a destination with open_url=True go to public addresses only.",
            )


def _holding(url: str, values: JsonObject, fields: Fields) -> JsonObject:
    """The values with this URL in every place that may hold one."""
    held: JsonObject = values
    for key, part in properties(fields.schema).items():
        if "string" in kinds(part):
            try:
                held = fields.validate({**held, key: url})
            except PayloadError:
                continue
    return held


PRIVATE: Final = (
    "http://127.0.0.1:9/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "https://10.0.0.1/",
    "http://2130706433/",
)
"""URLs that lead to where only Segue's machine can reach."""

_OPEN: Final = (
    'Let the field or setting say what it takes: "format": "uri", "pattern": "^https?://".'
)


def within(base: str) -> Callable[[str], bool]:
    """Whether a URL lies under a base."""
    parts = urlsplit(base)
    folder = parts.path.rstrip("/")

    def lies(url: str) -> bool:
        found = urlsplit(url)
        same = (found.scheme, found.netloc) == (parts.scheme, parts.netloc)
        climbs = ".." in found.path.split("/")
        return same and not climbs and (found.path == folder or found.path.startswith(folder + "/"))

    return lies


def _spellable(url: str) -> bool:
    """Only characters that a URL may hold (RFC 3986)."""
    return url.isascii() and url.isprintable() and not set(url) & set(' "<>\\^`{|}')


def sendable(subject: ActionSubject) -> None:
    """JSON bodies are JSON, headers are headers."""

    def judge(payloads: Payloads) -> None:
        made = subject.run(payloads)
        if made.odd:
            raise BrokenError(made.odd[0], _PLAIN, case(payloads))
        for request in made.requests:
            problem = _unfit(request)
            if problem:
                raise BrokenError(problem, _PLAIN, case(payloads))

    explore(subject, judge)


_PLAIN: Final = (
    "Make bodies of texts, numbers, booleans, None, lists and dicts; dates as isoformat(). Put values of "
    "a payload into the body rather than into headers, or quote them."
)


def _unfit(request: Request) -> str | None:
    for name, value in request.headers.items():
        if not (name.isascii() and name.isprintable() and name and not set(name) & set(' :"(),/')):
            return f"the header name {name!r} cannot be sent"
        if not (value.isascii() and value.isprintable()):
            return f"the header {name} holds {value!r}, which cannot be sent"
    kind = request.header("content-type") or ""
    if request.json is None and request.body and kind.partition(";")[0].endswith("json"):
        try:
            decode(request.body)
        except JsonError as error:
            return f"the body says it is {kind}, but {error}"
    return None
