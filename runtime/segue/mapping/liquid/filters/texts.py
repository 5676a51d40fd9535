"""Filters of texts. Each that can make a text longer asks ``fit`` first."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from liquid.exceptions import FilterError

from segue.json import MISSING
from segue.mapping.liquid.filters.kinds import Filter, texts, values, whole
from segue.mapping.liquid.rendering import ITEM, Rendering, fit
from segue.mapping.liquid.values import SPACE, SPACES, Value, cut, length, units


_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_IDEOGRAPHS: Final = re.compile(f"[{_CJK}]|[^{_CJK}{SPACE}]++")
_MARKUP: Final = (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">"))
_MOST: Final = 100  # different characters to strip
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
    after = text[::-1].find(old[::-1])  # rfind takes quadratic time
    end = len(text) - after
    return text if after < 0 else text[: end - len(old)] + new + text[end:]


def remove(text: str, old: str) -> str:
    return text.replace(old, "") if old else text


def remove_first(text: str, old: str) -> str:
    return text.replace(old, "", 1)


def remove_last(text: str, old: str) -> str:
    return replace_last(text, old)


def capitalize(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def strip(text: str, characters: str = "") -> str:
    return text.strip(_few(characters) or SPACE)


def lstrip(text: str, characters: str = "") -> str:
    return text.lstrip(_few(characters) or SPACE)


def rstrip(text: str, characters: str = "") -> str:
    return text.rstrip(_few(characters) or SPACE)


def _few(characters: str) -> str:
    """Each character once: every one in the text is compared with all of them."""
    different = set(characters)
    if len(different) > _MOST:
        raise FilterError("that many different characters to strip", token=None)
    return "".join(different)


def strip_newlines(text: str) -> str:
    return _NEWLINE.sub("", text)


def normalize_whitespace(text: str) -> str:
    return SPACES.sub(" ", text)


def strip_html(rendering: Rendering, value: Value) -> Value:
    """The text without scripts, styles, comments and tags."""
    text = rendering.text(value)
    rendering.spend(ITEM * text.count("<"))
    markup = [(opening, closing, text.rfind(closing)) for opening, closing in _MARKUP]
    kept: list[str] = []
    done = 0
    while (start := text.find("<", done)) >= 0 and (end := _end(text, start, markup)):
        kept.append(text[done:start])
        done = end
    return "".join(kept) + text[done:]


def _end(text: str, start: int, markup: Sequence[tuple[str, str, int]]) -> int:
    """Where the markup that starts here ends, 0 when it never does; the last end is known."""
    for opening, closing, last in markup:
        inside = start + len(opening)
        if inside <= last and text.startswith(opening, start):
            return text.index(closing, inside) + len(closing)
    return 0


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
    last = first + whole(count)
    if first < 0 or last < first:
        first = last = 0
    return cut(items, first, last) if isinstance(items, str) else items[first:last]


def truncate(rendering: Rendering, value: Value, most: Value = 50, tail: Value = "...") -> Value:
    text, end = rendering.text(value), rendering.text(tail)
    if length(text) <= whole(most):
        return value
    return append(cut(text, 0, max(0, whole(most) - length(end))), end)


def truncatewords(
    rendering: Rendering, value: Value, most: Value = 15, tail: Value = "..."
) -> Value:
    text, end = rendering.text(value), rendering.text(tail)
    count = max(1, whole(most))
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
    return slug if cased is True else slug.lower()


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
