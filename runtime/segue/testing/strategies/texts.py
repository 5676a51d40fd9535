"""Texts that a schema allows: by length, by format, by pattern."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue.errors import AuthorError
from segue.fields.formats import CHECKS
from segue.fields.patterns import matcher
from segue.json import JsonObject


Texts = SearchStrategy[str]

SHORT: Final = 24
"""Characters of a generated text, unless its schema asks for more."""

LONG: Final = 5000
"""The longest text that is generated to fill a `maxLength`."""

AWKWARD: Final = (
    *("", " ", "0", "true", "null", "..", "../..", "a/b", "a\\b", "a?b=c&d", "#", "%2e%2e", "a b"),
    *("\n", "a\r\nX-Injected: 1", "'", '"', "<b>", "${x}", "{{x}}", "\x00", "é", "ß", "日本", "😀"),
    *("\u202eabc", "\ufeff", "constructor", "__proto__"),
)
"""Texts that mean something to somebody: to a path, a header, a query, a template, a shell."""

_words: Final = st.from_regex("[a-z0-9]{1,8}", fullmatch=True)
_hosts: Final = st.builds(".".join, st.tuples(_words, st.sampled_from(["com", "example", "co.uk"])))
_moments: Final = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 `timezones` gives it one
_urls: Final = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["https", "http"]),
    _hosts,
    st.sampled_from(["", "/", "/a/b", "/a?b=c&d=%C3%A9", "/#f", ":8443/x"]),
)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


FORMATS: Final[Mapping[str, Texts]] = {
    "date": _moments.map(lambda moment: moment.date().isoformat()),
    "date-time": _moments.map(_stamp) | _moments.map(datetime.isoformat),
    "date-like": _moments.map(_stamp)
    | _moments.map(lambda moment: moment.date().isoformat())
    | st.integers(0, 2**41).map(str),
    "email": st.builds(
        "{}{}@{}".format, _words, st.sampled_from(["", ".b", "+tag", "'", "_x"]), _hosts
    ),
    "hostname": _hosts | _words,
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "regex": st.sampled_from(["a", "^a+$", "[0-9]{2}", "a|b", ".*"]),
    "time": _moments.map(lambda moment: moment.timetz().isoformat()),
    "uri": _urls | st.sampled_from(["urn:isbn:0451450523", "mailto:a@b.example"]),
    "uri-reference": _urls | st.sampled_from(["", "/a", "../b", "?q=1", "#f"]),
    "uri-template": _urls | st.sampled_from(["/a/{b}", "https://a.example/{?q,page}"]),
    "uuid": st.uuids().map(str),
}


def texts(schema: JsonObject) -> Texts:
    """Texts of this length, format and pattern; among them the longest and the awkward ones."""
    low = cast("int", schema.get("minLength", 0))
    high = cast("float", schema.get("maxLength", math.inf))
    if low > high:
        return st.nothing()
    source = _source(schema, low, high)
    tests = [test for test in (_formatted(schema), _patterned(schema)) if test]
    return source.filter(
        lambda text: low <= len(text) <= high and all(test(text) for test in tests)
    )


def _source(schema: JsonObject, low: int, high: float) -> Texts:
    if "pattern" in schema:
        return patterned(cast("str", schema["pattern"]))
    form = cast("str", schema.get("format"))
    if form in FORMATS:
        return FORMATS[form]
    fitting = [text for text in AWKWARD if low <= len(text) <= high]
    plain = st.text(min_size=low, max_size=int(min(high, low + SHORT)))
    edge = "x" * int(high if high <= LONG else low)
    return plain | st.sampled_from([*fitting, edge])


def _formatted(schema: JsonObject) -> Callable[[str], bool] | None:
    return CHECKS.get(cast("str", schema.get("format")))


def _patterned(schema: JsonObject) -> Callable[[str], bool] | None:
    return matcher(cast("str", schema["pattern"])) if "pattern" in schema else None


_ECMA: Final = re.compile(
    r"""(?P<group>\(\?<(?=[A-Za-z_$])) | (?P<class>\\p\{(?P<name>[^}]*)\})
      | \\u\{(?P<code>[0-9A-Fa-f]{1,6})\} | (?P<escape>\\.) | (?P<set>\[(?:\\.|[^\]\\])*\]) | (?P<end>\$)""",
    re.VERBOSE | re.DOTALL,
)
_CLASSES: Final = {"L": "a-zA-Zà-öØ-Þ", "Lu": "A-ZÀ-Ö", "Ll": "a-zß-ö", "N": "0-9", "Nd": "0-9"}


def patterned(pattern: str) -> Texts:
    """Texts that hold a match of a pattern of ECMA-262. Raises AuthorError if none can be made."""
    try:
        return st.from_regex(re.compile(_ECMA.sub(_python, pattern), re.ASCII))
    except (re.error, KeyError):
        raise AuthorError(
            f'no text can be made for the pattern "{pattern}"; give the field `examples`'
        ) from None


def _python(found: re.Match[str]) -> str:
    """A piece of a pattern in Python's spelling. Raises KeyError for a class that has none."""
    if found["group"]:
        return "(?P<"
    if found["class"]:
        return f"[{_CLASSES[found['name']]}]"
    if found["code"]:
        return re.escape(chr(int(found["code"], 16)))
    if found["set"]:
        return re.sub(r"\\p\{([^}]*)\}", lambda inner: _CLASSES[inner[1]], found[0])
    return r"\Z" if found["end"] else found[0]
