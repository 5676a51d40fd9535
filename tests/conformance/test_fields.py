"""Field specs against recorded runs of the reference implementation.

A recorded call of its validator has no cleaning before it, so ours is asked without it too; cleaning
has recordings of its own. Every difference belongs to a class of ``deviations.md``, by what
stands at its place, and every class is counted.
"""

import json
import re
from collections import Counter
from typing import NamedTuple

from segue.compat.segment import fields_to_schema
from segue.errors import FieldsError, PayloadError
from segue.fields import compile_fields
from segue.fields.cleaning import compile_cleaning, compile_field
from segue.json import MISSING


class Difference(NamedTuple):
    """Where our result is not the recorded one.

    ``kind`` is "error" for one that only we have, "no error" for one that only they have, "value" for
    a member of a payload that both let through, "refused" and "readable" for definitions that only
    we, or only they, cannot read. ``field`` and ``value`` are the definition and the value there.
    """

    kind: str
    rule: str
    field: dict
    value: object
    key: str
    case: dict


def compiled(case):
    extra = case.get("schemaOptions", {}).get("additionalProperties", False)
    return compile_fields(fields_to_schema(case["fields"], additional_properties=extra))


def judged(fields, payload):
    """What remains of the payload, and our errors: pointer and rule."""
    try:
        return fields.validate(fields._fit(payload)), []
    except PayloadError as error:
        return {}, [(found.pointer, found.rule) for found in error.errors]


def recorded(case):
    """The pointers of their errors; of a failed condition only the field that is missing."""
    for error in case.get("error", {}).get("errors", []):
        if '"then" schema' not in error["message"]:
            missing = re.search(r"missing the required field '(.*)'\.$", error["message"])
            yield error["pointer"] + (f"/{missing[1]}" if missing else "")


def place(case, pointer):
    """The definition and the value at a pointer; a lone value is the item 0 of the list it becomes."""
    field, fields, value = {}, case["fields"], case["payload"]
    for key in pointer.split("/")[1:]:
        if key.isdecimal() and field.get("multiple"):
            value = value[int(key)] if isinstance(value, list) else value
            field = {**field, "multiple": False, "several": True}
        else:
            field = fields.get(key, {})
            value = value.get(key, MISSING) if isinstance(value, dict) else MISSING
        fields = field.get("properties", {})
    return field, value


def differences(case, same):
    def found(kind, pointer="", rule=""):
        return Difference(kind, rule, *place(case, pointer), pointer, case)

    try:
        fields = compiled(case)
    except FieldsError:
        return [found("refused")] if "valid" in case else []
    if "valid" not in case:
        return [found("readable")]
    payload, errors = judged(fields, case["payload"])
    if case.get("options", {}).get("throwIfInvalid") is False and not case["valid"]:
        return [] if errors else [found("no error")]  # theirs are not recorded
    theirs, ours = Counter(recorded(case)), Counter(pointer for pointer, _ in errors)
    lacking = [found("no error", pointer) for pointer in (theirs - ours).elements()]
    rules = {pointer: [rule for at, rule in errors if at == pointer] for pointer in ours}
    surplus = [
        found("error", pointer, rules[pointer].pop(0)) for pointer in (ours - theirs).elements()
    ]
    if errors or not case["valid"]:
        return lacking + surplus
    after = case["payload_after"]
    keys = [key for key in {**payload, **after} if not same(payload.get(key), after.get(key))]
    return [found("value", f"/{key}") for key in keys]


def conditions(field):
    rule = field.get("required")
    return rule["conditions"] if isinstance(rule, dict) else []


def conditional(case):
    """The conditional fields at the top and one level down, by their keys."""
    inner = [
        ((key, name), field)
        for key, outer in case["fields"].items()
        for name, field in (outer.get("properties") or {}).items()
    ]
    top = [((key,), field) for key, field in case["fields"].items()]
    return [(keys, conditions(field)) for keys, field in top + inner if conditions(field)]


def error(found, *rules):
    return found.kind == "error" and found.rule in rules


def null_is_not_a_value(found):
    nullable = found.field.get("allowNull") and not found.field.get("several")
    wrapped = found.key.endswith("/0") and place(found.case, found.key[:-2])[1] is None
    fits = found.value is None and nullable
    return not error(found, "required") and not fits and (found.value in (None, [None]) or wrapped)


def odd_numbers(found):
    written = isinstance(found.value, str) and re.fullmatch(r"\s+|0x10|Infinity", found.value)
    return error(found, "type") and found.field["type"] in {"number", "integer"} and written


def lists_of_one(found):
    union = found.field.get("allowNull") or found.field.get("type") == "datetime"
    judged_by_item = union or "choices" in found.field
    return judged_by_item and isinstance(found.value, list) and len(found.value) == 1


def limits(found):
    ignored = found.field.get("several") or found.field.get("type") in {
        "integer",
        "text",
        "password",
    }
    zero = 0 in (found.field.get("minimum"), found.field.get("maximum"))
    return error(found, "minLength", "maxLength", "minimum", "maximum") and (ignored or zero)


def formats_of_several(found):
    return error(found, "format") and found.field.get("several")


def dates(found):
    dated = found.field.get("type") == "datetime" or found.field.get("format") == "date-time"
    return error(found, "format") and dated


def null_is_allowed(found):
    field, value = place(found.case, found.key.removesuffix("/0"))
    described = field.get("multiple") or "properties" in field
    return found.kind != "error" and value is None and field.get("allowNull") and described


def unconditional_requirements(found):
    siblings = place(found.case, found.key.rpartition("/")[0])[0].get("properties", {}).values()
    return (
        error(found, "required")
        and any(map(conditions, siblings))
        and found.field["required"] is True
    )


def conditions_of_nested_fields(found):
    rules = conditional(found.case)
    keyless = any(
        "." in asked["fieldKey"] and "value" not in asked for _, asks in rules for asked in asks
    )
    several = any(len(keys) > 1 and len(asks) > 1 for keys, asks in rules)
    dotted = any("." in keys[-1] for keys, _ in rules)
    in_lists = any(
        found.case["fields"][keys[0]].get("multiple") for keys, _ in rules if len(keys) > 1
    )
    return found.rule in {"", "required"} and (keyless or several or dotted or in_lists)


def conditions_on_what_is_sent(found):
    asked = {ask["fieldKey"] for _, asks in conditional(found.case) for ask in asks}
    sent = [place(found.case, f"/{key.replace('.', '/')}") for key in asked]
    changed = any(
        not field or value in ("", None) or not fits(field, value) for field, value in sent
    )
    return found.rule in {"", "required"} and changed


def fits(field, value):
    kinds = {"string": str, "number": (int, float), "boolean": bool}
    return value is MISSING or isinstance(value, kinds.get(field["type"], object))


def exempt_members(found):
    return found.kind == "value" and found.key[1:] in found.case["options"]["exempt"]


def unknown_operators(found):
    return found.kind == "refused" and '"gt"' in json.dumps(found.case["fields"])


def odd_definitions(found):
    return found.kind == "readable" or found.field.get("choices") == []


COUNTS = {
    null_is_not_a_value: 205,
    odd_numbers: 13,
    null_is_allowed: 4,
    lists_of_one: 45,
    limits: 338,
    dates: 75,
    formats_of_several: 27,
    unconditional_requirements: 33,
    exempt_members: 2,
    unknown_operators: 25,
    odd_definitions: 66,
    conditions_of_nested_fields: 29,
    conditions_on_what_is_sent: 6,
}
"""Cases of each class; a difference belongs to the first that is true of it."""


def test_every_recorded_validation_is_the_same_or_differs_as_listed(cases, same):
    counted = Counter()
    for case in cases("validate_payload"):
        found = differences(case, same)
        classes = {next((name for name in COUNTS if name(one)), None) for one in found}
        assert None not in classes, [one[:5] for one in found]
        counted.update([name.__name__ for name in classes] or ["same"])
    named = {name.__name__: many for name, many in COUNTS.items()}
    assert counted == {"same": 3_551, **named}


def test_every_recorded_cleaning_is_the_same_or_differs_as_listed(cases, same):
    counted = Counter()
    for case in cases("remove_empty_values"):
        compile_clean = compile_cleaning if case["isRoot"] else compile_field
        cleaned = compile_clean(fields_to_schema(case["fields"]))(case["payload"])
        recorded = MISSING if case.get("output_undefined") else case["output"]
        if not same(cleaned, recorded):
            counted[cleaning_class(case, cleaned, recorded)] += 1
    assert counted == {"empty members of items": 3, "null is allowed": 1}


def cleaning_class(case, cleaned, recorded):
    """The class of a case by the one member that differs."""
    (key,) = [
        key for key in case["payload"] if cleaned.get(key, MISSING) != recorded.get(key, MISSING)
    ]
    field, value = place(case, f"/{key}")
    if field.get("multiple") and field["type"] == "object":
        return "empty members of items"
    return "null is allowed" if value is None and field.get("allowNull") else None


# What a field spec says, less what a class is about


def without(*words):
    def blind(schema):
        return {word: value for word, value in schema.items() if word not in words}

    return blind


def without_null(schema):
    kinds = schema.get("type")
    choices = [value for value in schema.get("enum", ()) if value is not None]
    bare = {"type": [kind for kind in kinds if kind != "null"]} if isinstance(kinds, list) else {}
    if bare and len(bare["type"]) == 1:
        bare["type"] = bare["type"][0]
    return {**schema, **bare, **({"enum": choices} if choices else {})}


def each(schema, change):
    """A schema with a change made to it and to every object in it."""
    if isinstance(schema, list):
        return [each(item, change) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return change({key: each(value, change) for key, value in schema.items()})


def definitions(fields):
    for field in fields.values():
        yield field
        yield from definitions(field.get("properties") or {})


def any_field(check):
    return lambda case: any(map(check, definitions(case["fields"])))


SPECS = {
    "limits": (
        any_field(lambda field: {"minimum", "maximum"} & field.keys()),
        without("minLength", "maxLength", "minimum", "maximum"),
    ),
    "formats of several": (
        any_field(lambda field: field.get("multiple")),
        without("format"),
    ),
    "null is allowed": (
        any_field(lambda field: field.get("allowNull")),
        without_null,
    ),
    "odd definitions": (
        any_field(lambda field: "choices" in field),
        without("enum"),
    ),
    "unconditional requirements": (
        any_field(lambda field: any(map(conditions, (field.get("properties") or {}).values()))),
        without("required"),
    ),
    "conditions": (
        lambda case: bool(conditional(case)) or '"conditions": []' in json.dumps(case),
        without("allOf"),
    ),
    "options": (
        lambda case: "omitRequiredSchemas" in case.get("options", {}),
        without("required"),
    ),
}
"""Classes: does a case have it, and what the comparison must then not look at."""


def alike(case, classes):
    """Are both specs the same but for what these classes are about?"""
    extra = case.get("options", {}).get("additionalProperties", False)
    ours = each(fields_to_schema(case["fields"], additional_properties=extra), our_words)
    theirs = each(case["output"], without("$schema", "tsType"))
    for name in classes:
        ours, theirs = (each(schema, SPECS[name][1]) for schema in (ours, theirs))
    return ours == theirs


def our_words(schema):
    """Their name for the default, none for what they do not carry over, and their way to say "and not"."""
    named = {"default" if word == "mapping" else word: value for word, value in schema.items()}
    schema = without("$schema", "ui", "writeOnly", "readOnly")(named)
    match schema.get("not"):
        case {"anyOf": [{"not": present}, null]}:
            return {"allOf": [present, {"not": null}]}
    return schema


def test_every_recorded_schema_is_the_same_or_differs_as_listed(cases):
    counted = Counter()
    for case in cases("fields_to_schema"):
        if "error" in case or '"gt"' in json.dumps(case):
            counted[unread(case)] += 1
            continue
        possible = {name for name, (has, _) in SPECS.items() if has(case)}
        needed = [name for name in possible if not alike(case, possible - {name})]
        assert alike(case, needed), case["id"]
        counted.update(needed or ["same"])
    assert counted == {
        "same": 233,
        "both refuse": 3,
        "limits": 81,
        "formats of several": 49,
        "null is allowed": 30,
        "odd definitions": 29,
        "conditions": 16,
        "unconditional requirements": 10,
        "options": 2,
        "unknown operators": 1,
        "sync mode": 1,
    }


def unread(case):
    """Definitions that one of us refuses."""
    try:
        fields_to_schema(case["fields"])
    except FieldsError:
        return "both refuse" if "error" in case else "unknown operators"
    return "sync mode"
