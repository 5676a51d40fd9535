"""Branches of @if that no event, or hardly any, goes into."""

from collections.abc import Iterator

from segue.check.grounds import Ground, asks
from segue.check.model import Finding, Severity
from segue.check.places import Place
from segue.check.subject import Keys, Subject
from segue.fields.schema import kinds
from segue.mapping.paths import join_path


def idle_branches(subject: Subject) -> Iterator[Finding]:
    """S023: an @if that is always decided in the same way, or asks after more than it goes on to read."""
    for place in subject.places:
        if place.directive == "@if":
            for word in ("exists", "blank"):
                asked = place.option(word)
                keys = subject.paths.get(f"{place.pointer}/@if/{word}/@path")
                if keys:
                    yield from _path(subject, place, word, keys)
                elif asked is not None and not isinstance(asked, dict | list):
                    message = (
                        "@if asks after a literal, so that it is always decided in the same way"
                    )
                    yield _find(subject, place, message, 'ask after a path, with "@path"')


def _path(subject: Subject, place: Place, word: str, keys: Keys) -> Iterator[Finding]:
    if place.option("else") is None:
        return
    if subject.grounds and all(_always(one, keys, word) for one in subject.grounds):
        message = f"every event has {join_path(keys)}, so that @if never comes to its else"
        yield _find(subject, place, message, "ask after a path that can be missing")
        return
    then = [
        found for at, found in subject.paths.items() if at.startswith(f"{place.pointer}/@if/then/")
    ]
    if then and all(_below(one, keys) for one in then) and not _object(place):
        message = f"@if asks after {join_path(keys)} and goes on to read {join_path(then[0])}: where only that is missing, the else is not taken"
        yield _find(subject, place, message, f"ask after {join_path(then[0])}")


def _object(place: Place) -> bool:
    """Whether an object is made of several parts, of which some may well be missing."""
    then = place.option("then")
    return isinstance(then, dict) and not any(key.startswith("@") for key in then)


def _below(one: Keys, keys: Keys) -> bool:
    return len(one) > len(keys) and one[: len(keys)] == keys


def _always(ground: Ground, keys: Keys, word: str) -> bool:
    """Whether a schema or the spec asks for all of a path, and for a value in it."""
    for depth, key in enumerate(keys):
        above = ground.at(keys[:depth]) if depth else [ground.whole]
        if not above or not all(asks(one, key) for one in above):
            return False
    said = ground.at(keys)
    types = [{"text"} if isinstance(one.get("const"), str) else {*kinds(one)} for one in said]
    if not said or any(not one or "null" in one for one in types):
        return False
    return word == "exists" or all(one and "string" not in one for one in types)


def _find(subject: Subject, place: Place, message: str, remedy: str) -> Finding:
    severity: Severity = "warning" if subject.owns(place) else "note"
    where = subject.where(place.pointer)
    return subject.find("S023", severity, message, remedy, where, field=place.field)
