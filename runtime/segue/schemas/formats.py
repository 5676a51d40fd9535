"""Formats of texts, recognised as the validators that will ask for them do."""

import re
from collections.abc import Callable
from typing import Final

import jsonschema_rs


_LIKELY: Final = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\d[Tt ].{8,}"),
    "uuid": re.compile(r"[0-9A-Fa-f]{8}-.{27}"),
    "ipv4": re.compile(r"(\d{1,3}\.){3}\d{1,3}"),
    "email": re.compile(r"[^@:/\s]+@[^@:/\s]+\.[^@:/\s]+"),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.+"),
}
"""What a text of the format looks like at a glance. No text looks like two of them."""

_IDS: Final = re.compile(
    r"\d+|[0-9a-fA-F]{16,}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|[A-Za-z]+[_-]\d{3,}|[^@\s]+@[^@\s]+\.[^@\s]+|\d{4}-\d\d-\d\d\S*"
)


def _valid(name: str) -> Callable[[str], bool]:
    return jsonschema_rs.validator_for({"format": name}, validate_formats=True).is_valid


_CHECKS: Final = [(name, likely.fullmatch, _valid(name)) for name, likely in _LIKELY.items()]


def format_of(text: str) -> str | None:
    """The format of a text, None for none that is known here."""
    for name, likely, valid in _CHECKS:
        if likely(text):
            return name if valid(text) else None
    return None


def id_like(name: str) -> bool:
    """Whether the name of a member is no name, but the id or date of what it holds."""
    return _IDS.fullmatch(name) is not None
