"""The promises of an action that can be seen without running it, or with sample events."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from segue.destination import Destination, Settings
from segue.errors import PayloadError, Problem, listing, suggest
from segue.events import TYPES
from segue.fields.schema import properties
from segue.json import MISSING, JsonObject
from segue.mapping import compile_mapping, mapping_paths
from segue.presets import Preset
from segue.solving import solve
from segue.testing.breaking import BrokenError
from segue.testing.subject import ActionSubject, DestinationSubject
from segue.trigger import parse_trigger
from segue_schemas import REGISTRY


EVENT: Final = "urn:segue:event"


def sound(subject: ActionSubject) -> None:
    """The declaration has no problems: field spec, default mapping, slug, trigger, parameters."""
    _no_problems(subject.action.check(), f"the declaration of {subject.name} is wrong")


def sound_destination(subject: DestinationSubject) -> None:
    """The declaration of a destination has no problems."""
    _no_problems(
        subject.destination.check(), f"the declaration of the destination {subject.name} is wrong"
    )

    given = subject.plan.settings.get(subject.name)
    if given is not None:
        _fitting(subject.destination, given)


def _fitting(destination: Destination, settings: Settings) -> None:
    try:
        destination.fields.validate(settings)
    except PayloadError as error:
        raise BrokenError(
            f"the settings that contract() was given do not fit: {error}",
            "They are to be like those of a connection.",
        ) from None


def _no_problems(problems: list[Problem], what: str) -> None:
    if problems:
        raise BrokenError(f"{what}:\n{listing(problems)}", "Each line says what to do about it.")


def named(subject: ActionSubject) -> None:
    """An action and its fields are called something, and the action is described."""
    action = subject.action
    if not action.title.strip():
        raise BrokenError("the action has an empty title", "Give action() a title, or none at all.")
    if not action.description.strip():
        raise BrokenError(
            f"{action.perform.__name__}() has no docstring",
            "Its docstring is what people read about the action: say in a line what it does.",
        )
    _titled(properties(action.fields), "field")


def named_destination(subject: DestinationSubject) -> None:
    """A destination and its settings are called something."""
    if not subject.destination.title.strip():
        raise BrokenError("the destination has an empty title", "Give it the vendor's name.")
    _titled(properties(subject.destination.settings), "setting")


def _titled(parts: Mapping[str, Mapping[str, object]], kind: str) -> None:
    bare = [key for key, part in parts.items() if not str(part.get("title", "")).strip()]
    if bare:
        raise BrokenError(
            f"no title: the {kind}{'s' if len(bare) > 1 else ''} {', '.join(bare)}",
            f'Give each {kind} a "title": forms and error messages call it by that.',
        )


def reachable(subject: ActionSubject) -> None:
    """There are events that the trigger matches."""
    trigger = subject.action.trigger
    if subject.triggering is None:
        raise BrokenError(
            f"no event can trigger it: neither a sample nor any event that could be made satisfies {trigger}",
            f"Look for conditions that exclude each other; an event's type is one of {', '.join(TYPES)}. "
            "If you know an event that does, give it to contract(events=[…]).",
        )


def offers(subject: ActionSubject) -> None:
    """Each preset of the action is one that a workspace could say, and some event can trigger it."""
    for preset in presets(subject):
        problems = subject.action.check_preset(preset)
        _no_problems(problems, f'the preset "{preset.name}" of {subject.name} is wrong')
        trigger = preset.trigger or subject.action.trigger
        if solve(parse_trigger(trigger), subject.plan.samples) is None:
            raise BrokenError(
                f'no event can trigger the preset "{preset.name}": {trigger}',
                "Look for conditions that exclude each other.",
            )


def presets(subject: ActionSubject) -> list[Preset]:
    """The presets of an action."""
    return [one for one in subject.action.destination.presets if one.action == subject.action.slug]


def resolves(subject: ActionSubject) -> None:
    """The default mapping reads what events have, and gives an object for each sample."""
    known = _tops(subject.plan.samples)
    for reading in mapping_paths(subject.action.mapping):
        keys = (reading.keys or ()) if reading.within is None else ()
        if keys and keys[0] not in known:
            raise BrokenError(
                f'the default mapping reads {reading.path} (at {reading.pointer}), and no event has "{keys[0]}"',
                suggest(keys[0], known) or "If yours do, give one to contract(events=[…]).",
            )
    made = compile_mapping(subject.action.mapping)
    for event in subject.plan.samples:
        payload = made(event)
        if not (payload is MISSING or isinstance(payload, Mapping)):
            raise BrokenError(
                f"the default mapping gives {payload!r:.80}",
                "It has to give an object of fields.",
                ("event", event),
            )


def _tops(events: Iterable[JsonObject]) -> set[str]:
    """The fields of the specification, and those at the top of these events."""
    schema = cast("dict[str, Any]", REGISTRY.contents(EVENT))
    parts = [schema, *schema["$defs"].values()]
    spec = {str(key) for part in parts for key in part.get("properties", {})}
    return spec.union(*events)


def valid(subject: ActionSubject) -> None:
    """Some event that matches gives a valid payload, and so does every matching event of the author."""
    own = subject.plan.samples[: len(subject.plan.events)]
    results = [(event, subject.payload(event)) for event in subject.matching]
    wrong = [(event, one) for event, one in results if isinstance(one, PayloadError)]
    strict = [(event, one) for event, one in wrong if event in own]
    if not strict and len(wrong) < len(results):
        return
    if not results:
        raise BrokenError("no event is known that triggers it", "See the check of its trigger.")
    event, error = (strict or wrong)[-1]
    raise BrokenError(
        f"an event that matches the trigger gives a payload that the fields refuse: {error}",
        "Give the fields a `mapping` that finds what they require, narrow the trigger, or, if only "
        "certain events have it all, give one to contract(events=[…]).",
        ("event", event),
    )
