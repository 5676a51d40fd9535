"""Formats: what `format` asserts, each once for both validators.

A format is one pattern (`PATTERNS`) or one function (`FUNCTIONS`); both look at text only. Names
without a rule (`ANNOTATIONS`) say how a form shows the value.
"""

from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from segue.fields.dates import is_date, is_date_like, is_date_time, is_time
from segue.fields.patterns import PatternError, matcher, translate


_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
_SHORT_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_HEX: Final = "[0-9A-Fa-f]"
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"

# RFC 3986, appendix A, by the names of its rules
_PERCENT: Final = f"%{_HEX}{{2}}"
_UNRESERVED: Final = r"A-Za-z0-9\-._~"
_DELIMS: Final = "!$&'()*+,;="
_PCHAR: Final = f"(?:[{_UNRESERVED}{_DELIMS}:@]|{_PERCENT})"
_USER: Final = f"(?:[{_UNRESERVED}{_DELIMS}:]|{_PERCENT})*"
_HOST: Final = rf"(?:\[[0-9A-Fa-f:.]+\]|\[[vV]{_HEX}+\.[{_UNRESERVED}{_DELIMS}:]+\]|(?:[{_UNRESERVED}{_DELIMS}]|{_PERCENT})*)"
_AUTHORITY: Final = f"//(?:{_USER}@)?{_HOST}(?::[0-9]*)?(?:/{_PCHAR}*)*"
_ABSOLUTE: Final = f"/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?"
_ROOTLESS: Final = f"{_PCHAR}+(?:/{_PCHAR}*)*"
_NO_SCHEME: Final = rf"(?:[{_UNRESERVED}{_DELIMS}@]|{_PERCENT})+(?:/{_PCHAR}*)*"
_TAIL: Final = rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
_SCHEME: Final = r"[A-Za-z][A-Za-z0-9+\-.]*:"
_URI: Final = f"{_SCHEME}(?:{_AUTHORITY}|{_ABSOLUTE}|{_ROOTLESS})?{_TAIL}"
_RELATIVE: Final = f"(?:{_AUTHORITY}|{_ABSOLUTE}|{_NO_SCHEME})?{_TAIL}"

# RFC 6570, section 2
_VARIABLE: Final = (
    rf"(?:[A-Za-z0-9_]|{_PERCENT})(?:\.?(?:[A-Za-z0-9_]|{_PERCENT}))*(?::[1-9][0-9]{{0,3}}|\*)?"
)
_EXPRESSION: Final = rf"\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}}"
_OUTSIDE: Final = r"""[^\x00-\x20\x7f-\x9f"'%<>\\^`{|}]"""

PATTERNS: Final[Mapping[str, str]] = {
    "email": rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}$",
    "ipv4": rf"^(?:{_OCTET}\.){{3}}{_OCTET}$",
    "uri": f"^{_URI}$",
    "uri-reference": f"^(?:{_URI}|{_RELATIVE})$",
    "uri-template": f"^(?:{_OUTSIDE}|{_PERCENT}|{_EXPRESSION})*$",
    "uuid": rf"^(?:urn:uuid:)?{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$",
}


_looks_like_hostname: Final = matcher(rf"^{_SHORT_LABEL}(?:\.{_SHORT_LABEL})*\.?$")


def _is_hostname(text: str) -> bool:
    return len(text.removesuffix(".")) <= 253 and _looks_like_hostname(text)


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).scope_id is None
    except AddressValueError:
        return False


def _is_regex(text: str) -> bool:
    try:
        translate(text)
    except PatternError:
        return False
    return True


FUNCTIONS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": is_date,
    "date-like": is_date_like,
    "date-time": is_date_time,
    "hostname": _is_hostname,
    "ipv6": _is_ipv6,
    "regex": _is_regex,
    "time": is_time,
}

SPELLED: Final = {name: translate(pattern) for name, pattern in PATTERNS.items()}
"""``PATTERNS`` as jsonschema-rs reads them."""

ANNOTATIONS: Final = frozenset({"password", "text"})

CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    **{name: matcher(pattern) for name, pattern in PATTERNS.items()},
    **FUNCTIONS,
}
"""Every format that asserts something, as a function of a text."""

FORMATS: Final = frozenset(CHECKS) | ANNOTATIONS
