"""Literals in mappings: of the wrong type for their field, or secrets that do not belong there."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from segue.check.model import Finding
from segue.check.subject import Subject
from segue.errors import FieldError, PayloadError, pointer
from segue.json import JsonValue, script


Place = tuple[str | int, ...]


def wrong_literals(subject: Subject) -> Iterator[Finding]:
    """S006: literals that their field refuses, after coercion, wherever a directive may give them."""
    spec = subject.mapping.action.spec
    for name, value in subject.mapping.fields.items():
        for place, literal in outcomes(value, (name,)):
            if literal is None or isinstance(literal, Mapping | list):
                continue
            try:
                spec.coerce({name: literal})
            except PayloadError as error:
                yield from _refused(subject, name, place, literal, error)


def _refused(
    subject: Subject, name: str, place: Place, literal: JsonValue, error: PayloadError
) -> Iterator[Finding]:
    for one in error.errors:
        if one.pointer == pointer(name) and one.rule != "required":
            yield _finding(subject, name, place, literal, one)
            return


def _finding(
    subject: Subject, name: str, place: Place, literal: JsonValue, error: FieldError
) -> Finding:
    own = name in subject.mapping.own_fields
    message = f'the literal {script(literal)} is nothing the field "{name}" takes: {error.message}'
    where = subject.where(pointer(*place))
    return subject.find(
        "S006", "error" if own else "warning", message, "write a value that it takes", where,
        field=pointer(name), rule=error.rule,
    )  # fmt: skip


def outcomes(value: JsonValue, place: Place) -> Iterator[tuple[Place, JsonValue]]:
    """The literals that a value of a mapping may come to, each with its place."""
    if not isinstance(value, Mapping):
        yield place, value
        return
    if not any(key.startswith("@") for key in value):
        return
    if "@literal" in value:
        yield from outcomes(value["@literal"], (*place, "@literal"))
    options = value.get("@if")
    if isinstance(options, Mapping):
        for branch in ("then", "else"):
            if branch in options:
                yield from outcomes(options[branch], (*place, "@if", branch))


def literals(value: JsonValue, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text in a mapping, whatever it is for."""
    match value:
        case str():
            yield place, value
        case Mapping():
            for key, inner in value.items():
                yield from literals(inner, (*place, key))
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from literals(inner, (*place, index))
        case _:
            return


_KEYS: Final[Mapping[str, re.Pattern[str]]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a secret key of Stripe": re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"),
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{30,})"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "a key of Google": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a key of SendGrid": re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"),
    "a bearer token": re.compile(r"\b[Bb]earer\s+[\w.~+/-]{16,}"),
    "a password in a URL": re.compile(r"\b[a-z]{2,9}://[^\s/:@]+:[^\s/@{]{3,}@"),
}
_DENSE: Final = re.compile(r"[0-9A-Za-z+_-]{28,}")


def secrets(subject: Subject) -> Iterator[Finding]:
    """S008: secrets in literals; what they are is told, never the secret itself."""
    told = [one for one in subject.connection.secrets if len(one) >= 6]
    for place, text in literals(subject.mapping.fields):
        if not place or str(place[0]) not in subject.mapping.own_fields:
            continue
        same = any(one in text for one in told)
        kind = "a secret of the connection's settings" if same else looks_like(text)
        if kind is not None:
            message = (
                f"this literal looks like {kind}" if not same else f"this literal holds {kind}"
            )
            remedy = (
                "keep it in a setting, as ${secret:NAME}, and replace it: it has been in a file"
            )
            where = subject.where(pointer(*place))
            yield subject.find(
                "S008",
                "error" if same else "warning",
                message,
                remedy,
                where,
                field=pointer(place[0]),
            )


def looks_like(text: str) -> str | None:
    """The kind of secret that a text looks like."""
    known = next((kind for kind, pattern in _KEYS.items() if pattern.search(text)), None)
    if known or text.startswith(("$", "{")) or " " in text.strip():
        return known
    dense = _DENSE.search(text)
    return "a key or token" if dense and _random(dense[0]) else None


def _random(text: str) -> bool:
    """Digits and letters mixed as people never do: over 3.5 bits a character, three kinds of them."""
    kinds = sum(bool(re.search(kind, text)) for kind in ("[0-9]", "[a-z]", "[A-Z]"))
    digits = sum(one.isdecimal() for one in text)
    counts = Counter(text).values()
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
    hexadecimal = re.fullmatch("[0-9a-f]{32,}|[0-9A-F]{32,}", text) is not None
    return (hexadecimal and bits > 3) or (kinds == 3 and digits >= 3 and bits > 3.5)
