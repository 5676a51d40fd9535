"""Filters that write a text in another notation: HTML, URL, base64, hashes, JSON."""

import base64
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from liquid.exceptions import FilterError

from segue import json
from segue.json import MISSING, Missing
from segue.mapping.liquid.filters.kinds import Filter, texts, values, whole
from segue.mapping.liquid.rendering import ITEM, Rendering, fit
from segue.mapping.liquid.values import Value


_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ENTITY: Final = re.compile("|".join(_ENTITIES.values()))
_CHARACTERS: Final = {entity: character for character, entity in _ENTITIES.items()}

_COMPONENT: Final = "-_.!~*'()"  # what encodeURIComponent leaves, beside letters and digits
_ADDRESS: Final = _COMPONENT + ";,/?:@&=+$#"  # what encodeURI leaves
_NO_OCTET: Final = re.compile("%(?![0-9A-Fa-f]{2})")

_NOT_BASE64: Final = re.compile("[^A-Za-z0-9+/]")
_JSON_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|\{\}|\[\]|[][{},:]|[^][{},:"]++')


def escape(text: str) -> str:
    grown = sum(text.count(plain) * (len(entity) - 1) for plain, entity in _ENTITIES.items())
    fit(len(text) + grown)
    for plain, entity in _ENTITIES.items():
        text = text.replace(plain, entity)
    return text


def escape_once(text: str) -> str:
    return escape(_ENTITY.sub(lambda match: _CHARACTERS[match[0]], text))


def _quoted(text: str, safe: str) -> str:
    try:
        octets = text.encode("utf-16", "surrogatepass").decode("utf-16").encode()
    except UnicodeError:
        raise FilterError("half a surrogate pair has no URL form", token=None) from None
    plain = safe.encode() + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    fit(len(octets) + 2 * len(octets.translate(None, plain)))
    return quote(octets, safe)


def url_encode(text: str) -> str:
    return _quoted(text, _COMPONENT + " ").replace(" ", "+")


def cgi_escape(text: str) -> str:
    return _quoted(text, "-_.~ ").replace(" ", "+")


def uri_escape(text: str) -> str:
    return _quoted(text, _ADDRESS + "[]")


def url_decode(rendering: Rendering, value: Value) -> Value:
    """Plus signs are spaces; a text that is not URL-encoded UTF-8 cannot be decoded."""
    text = rendering.text(value)
    rendering.spend(ITEM * text.count("%"))
    try:
        if _NO_OCTET.search(text):
            raise FilterError("a percent sign without two hexadecimal digits", token=None)
        plain = text.replace("+", " ")
        return unquote_to_bytes(plain).decode() if "%" in plain else plain
    except UnicodeError:
        raise FilterError("the decoded octets are not UTF-8", token=None) from None


def _octets(text: str) -> bytes:
    """UTF-8, with the replacement character for half a surrogate pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def base64_encode(text: str) -> str:
    return base64.b64encode(_octets(text)).decode()


def base64_decode(text: str) -> str:
    """Forgiving: any alphabet, padding missing, other characters skipped, bad UTF-8 replaced."""
    digits = text.partition("=")[0].translate({ord("-"): "+", ord("_"): "/"})
    digits = _NOT_BASE64.sub("", digits)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode(errors="replace")


def sha256(text: str) -> str:
    return hashlib.sha256(_octets(text)).hexdigest()


def hmac_sha256(text: str, key: str) -> str:
    return hmac.new(_octets(key), _octets(text), "sha256").hexdigest()


def to_json(rendering: Rendering, value: Value, space: Value = MISSING) -> Value:
    """JSON text, indented by so many blanks or by a text, at most ten characters."""
    if isinstance(value, Missing):
        return MISSING
    rendering.weigh(value)
    text = json.script(value)
    fit(len(text))
    step = space if isinstance(space, str) else " " * max(0, min(whole(space), 10))
    return _indented(text, step[:10]) if step else text


def _indented(text: str, step: str) -> str:
    parts: list[str] = []
    depth = size = 0
    for part in _JSON_PART.findall(text):
        depth += (part in "{[") - (part in "}]")
        fit(size + len(part) + len(step) * depth + 1)
        line = "\n" + step * depth
        written = _spread(part, line)
        size += len(written)
        parts.append(written)
    return "".join(parts)


def _spread(part: str, line: str) -> str:
    if part in "}]":
        return line + part
    if part == ":":
        return ": "
    return part + line if part in "{[," else part


def raw(_rendering: Rendering, value: Value) -> Value:
    return value


FILTERS: Final[dict[str, Filter]] = {
    "base64_decode": texts(base64_decode),
    "base64_encode": texts(base64_encode),
    "cgi_escape": texts(cgi_escape),
    "escape": texts(escape),
    "escape_once": texts(escape_once),
    "hmac_sha256": texts(hmac_sha256),
    "inspect": values(to_json),
    "json": values(to_json),
    "jsonify": values(to_json),
    "raw": values(raw),
    "sha256": texts(sha256),
    "uri_escape": texts(uri_escape),
    "url_decode": values(url_decode),
    "url_encode": texts(url_encode),
    "xml_escape": texts(escape),
}
