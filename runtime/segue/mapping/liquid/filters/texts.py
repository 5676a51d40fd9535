"""Filters of texts. Each that can make a text longer asks ``fit`` first."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from segue.json import MISSING
from segue.mapping.liquid.filters.kinds import Filter, texts, values, whole
from segue.mapping.liquid.rendering import ITEM, Rendering, fit
from segue.mapping.liquid.values import SPACE, SPACES, Value, cut, length, truthy, units


_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_IDEOGRAPHS: Final = re.compile(f"[{_CJK}]|[^{_CJK}{SPACE}]++")
_NEWLINE: Final = re.compile(r"\r?\n")


def append(text: str, tail: str) -> str:
    fit(len(text) + len(tail))
    return text + tail


def prepend(text: str, head: str) -> str:
    return append(head, text)


def replace(text: str, old: str, new: str = "") -> str:
    """Every occurrence; of nothing, every gap between two code units."""
    if not old:
        fit(len(text) + length(text) * len(new))
        return new.join(units(text))
    fit(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def replace_first(text: str, old: str, new: str = "") -> str:
    fit(len(text) + len(new))
    return text.replace(old, new, 1)


def replace_last(text: str, old: str, new: str = "") -> str:
    fit(len(text) + len(new))
    at = text.rfind(old)
    return text if at < 0 else text[:at] + new + text[at + len(old) :]


def remove(text: str, old: str) -> str:
    return text.replace(old, "") if old else text


def remove_first(text: str, old: str) -> str:
    return text.replace(old, "", 1)


def remove_last(text: str, old: str) -> str:
    return replace_last(text, old)


def capitalize(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def strip(text: str, characters: str = "") -> str:
    return text.strip(characters or SPACE)


def lstrip(text: str, characters: str = "") -> str:
    return text.lstrip(characters or SPACE)


def rstrip(text: str, characters: str = "") -> str:
    return text.rstrip(characters or SPACE)


def strip_newlines(text: str) -> str:
    return _NEWLINE.sub("", text)


def normalize_whitespace(text: str) -> str:
    return SPACES.sub(" ", text)


def strip_html(rendering: Rendering, value: Value) -> Value:
    """The text without scripts, styles, comments and tags; a tag ends on the line it began."""
    text = rendering.text(value)
    rendering.spend(ITEM * text.count("<"))
    find = _finder(text)
    start, end = 0, find("<", 0)
    kept = [text[:end]]
    while end < len(text):
        start = _tag_end(text, end, find) or end
        end = find("<", max(start, end + 1))
        kept.append(text[start:end])
    return "".join(kept)


def _tag_end(text: str, start: int, find: Callable[[str, int], int]) -> int:
    """Where the markup that begins at ``start`` ends, 0 when it is none."""
    for opening, closing in (("<script", "</script>"), ("<style", "</style>")):
        if text.startswith(opening, start) and find(closing, start) < len(text):
            return find(closing, start) + len(closing)
    close = find(">", start)
    if close < min(find(newline, start) for newline in "\n\r\u2028\u2029"):
        return close + 1
    comment = find("-->", start) if text.startswith("<!--", start) else len(text)
    return comment + 3 if comment < len(text) else 0


def _finder(text: str) -> Callable[[str, int], int]:
    """``text.find``, the length for nothing. Each answer serves until it is passed, so a scan is linear."""
    ahead: dict[str, int] = {}

    def find(word: str, start: int) -> int:
        if ahead.get(word, -1) < start:
            found = text.find(word, start)
            ahead[word] = found if found >= 0 else len(text)
        return ahead[word]

    return find


def number_of_words(text: str, mode: str = "") -> int:
    words = text.strip(SPACE)
    if mode in {"cjk", "auto"}:
        return sum(1 for _ in _IDEOGRAPHS.finditer(words))
    return len(SPACES.findall(words)) + 1 if words else 0


def split(rendering: Rendering, value: Value, separator: Value = MISSING) -> Value:
    """The pieces without empty ones at the end; by nothing, the code units."""
    text, by = rendering.text(value), rendering.text(separator)
    rendering.spend(ITEM * (text.count(by) if by else length(text)))
    pieces = text.split(by) if by else units(text)
    while pieces and not pieces[-1]:
        pieces.pop()
    return pieces


def slice_of(rendering: Rendering, value: Value, start: Value, count: Value = 1) -> Value:
    """So many items of a list, or code units of anything else, a negative start from the end."""
    if value is None or value is MISSING:
        return []
    items = value if isinstance(value, list | tuple) else rendering.text(value)
    size = length(items) if isinstance(items, str) else len(items)
    first = whole(start) + (size if whole(start) < 0 else 0)
    last = first + whole(count, 1)
    return cut(items, first, last) if isinstance(items, str) else items[first:last]


def truncate(rendering: Rendering, value: Value, most: Value = 50, tail: Value = "...") -> Value:
    text, end = rendering.text(value), rendering.text(tail)
    if length(text) <= whole(most, 50):
        return text
    return append(cut(text, 0, max(0, whole(most, 50) - length(end))), end)


def truncatewords(
    rendering: Rendering, value: Value, most: Value = 15, tail: Value = "..."
) -> Value:
    text, end = rendering.text(value), rendering.text(tail)
    count = max(1, whole(most, 15))
    rendering.spend(ITEM * len(SPACES.findall(text)))
    words = SPACES.split(text)
    return append(" ".join(words[:count]), end if len(words) >= count else "")


_ACCENTS: Final = {
    ord(accented): plain
    for plain, letters in {
        "a": "àáâãäå",
        "ae": "æ",
        "c": "ç",
        "d": "ð",
        "e": "èéêë",
        "i": "ìíîï",
        "n": "ñ",
        "o": "òóôõöø",
        "oe": "œ",
        "ss": "ß",
        "th": "þ",
        "u": "ùúûü",
        "y": "ýÿ",
    }.items()
    for accented in letters
}
_PRETTY: Final = frozenset("._~!$&'()+,;=@")


def _spoken(character: str) -> bool:
    """A letter, a mark or a digit in any script."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"


_SLUGS: Final[dict[str, Callable[[str], bool]]] = {
    "default": _spoken,
    "latin": _spoken,
    "pretty": lambda character: character in _PRETTY or _spoken(character),
    "ascii": lambda character: character.isascii() and character.isalnum(),
    "raw": lambda character: character not in SPACE,
}


def slugify(
    rendering: Rendering, value: Value, mode: Value = "default", cased: Value = MISSING
) -> Value:
    """Lower case, with one hyphen for each run of characters that the mode does not keep."""
    text = rendering.text(value)
    rendering.spend(ITEM * len(text))
    if mode == "latin":
        text = text.translate(_ACCENTS)
    keeps = _SLUGS.get(rendering.text(mode))
    slug = _hyphenated(text, keeps) if keeps else text
    return slug if truthy(cased) else slug.lower()


def _hyphenated(text: str, keeps: Callable[[str], bool]) -> str:
    spaced = "".join(character if keeps(character) else "\0" for character in text)
    slug = re.sub("\0+", "-", spaced)
    return slug.removeprefix("-").removesuffix("-")


FILTERS: Final[dict[str, Filter]] = {
    "append": texts(append),
    "capitalize": texts(capitalize),
    "downcase": texts(str.lower),
    "lstrip": texts(lstrip),
    "normalize_whitespace": texts(normalize_whitespace),
    "number_of_words": texts(number_of_words),
    "prepend": texts(prepend),
    "remove": texts(remove),
    "remove_first": texts(remove_first),
    "remove_last": texts(remove_last),
    "replace": texts(replace),
    "replace_first": texts(replace_first),
    "replace_last": texts(replace_last),
    "rstrip": texts(rstrip),
    "slice": values(slice_of),
    "slugify": values(slugify),
    "split": values(split),
    "strip": texts(strip),
    "strip_html": values(strip_html),
    "strip_newlines": texts(strip_newlines),
    "truncate": values(truncate),
    "truncatewords": values(truncatewords),
    "upcase": texts(str.upper),
}
