"""JavaScript's rules for values, as far as mappings show them."""

from typing import Any

from segue.json import MISSING, text


def falsy(value: Any) -> bool:
    return value is MISSING or value is None or value is False or value == "" or is_zero(value)


def is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not value


def loosely_empty(value: Any) -> bool:
    """What JavaScript finds ``== ""``."""
    if isinstance(value, list):
        return text(value) == ""
    return value is False or value == "" or is_zero(value)


def units(value: str) -> list[str]:
    raw = value.encode("utf-16-le", "surrogatepass")
    return [raw[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(raw), 2)]


def whole(pieces: list[str]) -> str:
    """A text of its units."""
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and (key == "0" or key[0] != "0")


def folds(letter: str) -> str:
    upper = letter.upper()
    return letter if len(upper) != 1 or (ord(letter) >= 128 > ord(upper)) else upper
