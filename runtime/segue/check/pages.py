"""The codes of findings, and a page about each."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from segue.errors import suggest


CODES: Final[Mapping[str, str]] = {
    "S001": "a trigger that can never match",
    "S002": "a trigger for an event that no schema declares",
    "S003": "a mapping identical to another",
    "S004": "two mappings that send the same thing",
    "S005": "a path that no schema has",
    "S006": "a literal that its field refuses",
    "S007": "a required field fed by an optional path",
    "S008": "a secret in a mapping",
    "S009": "an ignore that ignores nothing",
    "S010": "an event that makes a payload that is refused",
    "S011": "a required value that can be missing",
    "S012": "a value that can be over the limit",
    "S013": "an event that may say nothing of whom it is about",
    "S014": "a value that is changed to another type",
    "S015": "a value that is dropped",
    "S016": "a field that is always empty",
    "S017": "an event that the action fails with",
    "S018": "a request unlike the provider's OpenAPI document",
    "S019": "a mapping that could not be searched",
    "S020": "a literal of another type than its field",
    "S021": "a text that looks like a path",
    "S022": "a path to an object or a list where a single value is wanted",
    "S023": "an @if that is always decided in the same way",
    "S024": "an alternative in a trigger that adds nothing",
    "S025": "a trigger that takes events which the mapping is not made for",
    "S026": "an answer after which the action fails",
    "S027": "an action that writes to what it is given",
}
"""Every code, with what it stands for. A code is never given to something else."""


@cache
def page(code: str) -> str:
    """The page about a code, in Markdown. Raises KeyError with a hint for what is no code."""
    known = code.strip().upper()
    if known not in CODES:
        hint = suggest(known, CODES) if re.fullmatch(r"S\d*", known) else None
        raise KeyError(
            f"there is no code {code}; {hint or f'there are {min(CODES)} to {max(CODES)}'}"
        )
    return (
        resources.files("segue.check").joinpath("codes", f"{known}.md").read_text(encoding="utf-8")
    )
