"""What a URL, a header and a part of a URL may be, as patterns (ECMA-262)."""

from typing import Final

from segue import JsonObject


_ORIGIN: Final = r"https?://[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
_PLAIN: Final = r"[A-Za-z0-9\-_~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2}"
_ATOM: Final = rf"{_PLAIN}|\{{\}}"


def _path(atom: str) -> str:
    """Segments, none of which is of dots only: "." and ".." lead elsewhere."""
    return rf"(?:/(?:\.*(?:{atom})(?:{atom}|\.)*)?)"


def _query(atom: str) -> str:
    return rf"(?:\?(?:{atom}|[./?])*)?"


ADDRESS: Final = f"^{_ORIGIN}{_path(_PLAIN)}*{_query(_PLAIN)}$"
TEMPLATE: Final = f"^(?:{_ORIGIN}{_path(_ATOM)}*|{_path(_ATOM)}+){_query(_ATOM)}$"
"""No part can be in the host: there are no braces there."""

MOST: Final = 5
"""Parts of a URL."""

_HOLES: Final = r"^(?:[^{]*\{\}){%s}[^{]*$"


def _filled(holes: str, count: int) -> JsonObject:
    return {
        "if": {"properties": {"url": {"pattern": _HOLES % holes}}, "required": ["url"]},
        "then": {"properties": {"parts": {"minItems": count}}, "required": ["parts"]},
    }


FILLED: Final = [
    *(_filled(str(count), count) for count in range(1, MOST + 1)),
    _filled(f"{MOST + 1},", MOST + 1),  # which no list of parts has
]
"""There is a part for each pair of braces."""

NAME: Final = r"^[!#$%&'*+.^_`|~0-9A-Za-z\-]+$"
VALUE: Final = "^[ -~]*$"

FORBIDDEN: Final = (
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
)
"""What frames a request, or is for the next hop only (RFC 9110 §7.6.1)."""


def _either_case(word: str) -> str:
    return "".join(f"[{one.upper()}{one}]" if one.isalpha() else one for one in word)


HEADERS: Final[JsonObject] = {
    "type": "object",
    "propertyNames": {
        "pattern": NAME,
        "maxLength": 100,
        "not": {"pattern": f"^(?:{'|'.join(map(_either_case, FORBIDDEN))})$"},
    },
    "additionalProperties": {"type": "string", "pattern": VALUE, "maxLength": 8000},
}
