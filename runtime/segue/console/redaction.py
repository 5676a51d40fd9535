"""Texts of workspace files as a page may show them: without the secrets that somebody wrote into one."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from segue.console.forms.settings import REFERENCE
from segue.console.reading import Reading
from segue.http import REDACTED, redact
from segue.json import MISSING, JsonValue
from segue.plugins import Catalogue
from segue.workspace import yaml


def veil(reading: Reading, catalogue: Catalogue, texts: Iterable[str]) -> Callable[[str], str]:
    """What takes secrets out of these texts, or of lines of them: those in force, and those that stand there.

    Of texts that are no YAML nobody can tell, so nothing of them is shown.
    """
    several = {one for one in (reading.text, *texts) if one.strip()}
    if any(yaml.read(one).value is MISSING for one in several):
        return lambda _: REDACTED
    known = reading.workspace.connections.values() if reading.workspace else ()
    found = {one for connection in known for one in connection.secrets}
    for text in several:
        found.update(written(text, catalogue))
    return lambda text: redact(text, sorted(found, key=len, reverse=True))


def written(text: str, catalogue: Catalogue) -> Iterator[str]:
    """The secrets that stand in a file itself; of a destination that nobody knows, every setting."""
    for one in _members(_member(yaml.read(text).value, "connections")).values():
        settings = _members(_member(one, "settings"))
        known = catalogue.destinations.get(str(_member(one, "destination")))
        found = _texts(settings) if known is None else known.secrets(settings)
        yield from (value for value in found if value and not REFERENCE.fullmatch(value))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for one in value.values() for text in _texts(one))
    elif isinstance(value, list | tuple):
        yield from (text for one in value for text in _texts(one))


def _member(value: object, key: str) -> object:
    return _members(value).get(key)


def _members(value: object) -> Mapping[str, JsonValue]:
    return value if isinstance(value, Mapping) else {}
