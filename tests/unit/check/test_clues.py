"""What is told of a mapping without a schema: from the spec, the fields, and what else is read."""

import pytest

from segue.check.contradiction import grounds
from segue.schemas import Schemas
from segue.trigger import parse_trigger


GOOD = """
orders:
  action: order
  trigger: type = "track" and event = "Order Completed"
  fields:
    order: {"@path": $.properties.order_id}
    total: {"@path": $.properties.total}
    ship: {city: {"@path": $.properties.address.city}}
more:
  action: order
  trigger: type = "track" and event = "Order Completed" and properties.lines.length > 0
  fields:
    order: {"@path": $.properties.order_id}
    note: {"@path": "$.properties.lines[0].sku"}
people:
  action: person
  trigger: type = "identify"
  fields: {id: {"@path": $.userId}}
"""


@pytest.fixture
def told(check):
    """``told(code, line, mapping)`` are the remedies of a code, with a field of a mapping as in the line."""

    def told(code, line, mapping="orders", schemas="", **more):
        field = line.partition(":")[0].strip()
        head, rest = GOOD.split(f"{mapping}:\n")
        before, after = rest.split("fields:", 1) if mapping != "people" else (rest, "")
        if mapping == "people":
            return _remedies(
                f"{GOOD.rstrip().removesuffix('}')}, {line.strip()}}}\n", code, schemas
            )
        kept = "\n".join(
            one for one in after.split("\n") if not one.strip().startswith(f"{field}:")
        )
        lines = kept.split("\n", 1)
        body = f"{lines[0]}\n    {line}\n{lines[1]}"
        return _remedies(f"{head}{mapping}:\n{before}fields:{body}", code, schemas)

    def _remedies(text, code, schemas):
        found = check(text, schemas=schemas, most=1).findings
        return [one.remedy for one in found if one.code == code and one.severity != "note"]

    return told


def path(name, keys):
    return f'{name}: {{"@path": "{keys}"}}'


NEAR = {
    "a slip, of what another field reads": (path("note", "$.properties.totla"), "$.properties.total"),
    "a slip, of the field's own name": (path("status", "$.properties.sttus"), "$.properties.status"),
    "a slip, of a member's own name": ('ship: {city: {"@path": $.properties.address.ciyt}}', "$.properties.address.city"),
    "the plural of the field's name": (path("status", "$.properties.statuss"), "$.properties.status"),
    "a capital where nobody else has one": (path("note", "$.properties.Remark"), "$.properties.remark"),
    "all capitals": (path("note", "$.properties.REMARK"), "$.properties.remark"),
    "a slip, of the spec's own name": (path("note", "$.context.lcoale"), "$.context.locale"),
    "a slip, of what the spec shows": (path("note", "$.context.device.toekn"), "$.context.device.token"),
    "below another root": (path("note", "$.context.order_id"), "$.properties.order_id"),
    "below the traits in the context": (path("note", "$.context.traits.order_id"), "$.properties.order_id"),
    "who is meant, in the context": (path("email", "$.context.email"), "$.context.traits.email"),
    "a member of a list": (path("note", "$.properties.lines.sku"), "$.properties.lines[0].sku"),
    "the length of a list, mistyped": (path("total", "$.properties.lines.lentgh"), "$.properties.lines.length"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "meant"), NEAR.values(), ids=[*NEAR])
def test_the_path_that_was_meant_is_named(line, meant, told):
    assert told("S005", line) == [f"did you mean {meant}?"]


def test_the_traits_of_a_person_are_not_sought_in_the_context(told):
    line = 'email: {"@path": $.context.traits.email}'
    assert told("S005", line, "people") == ["did you mean $.traits.email?"]


@pytest.mark.parametrize(
    "line",
    [
        path("note", "$.properties.orderNote"),
        path("note", "$.properties.order_note"),
        path("note", "$.properties.remark"),
        path("email", "$.properties.email"),
        path("email", "$.context.traits.email"),
        path("note", "$.context.page.url"),
        path("note", "$.context.device.token"),
        path("note", "$.properties.product"),
        path("note", "$.properties.vat2"),
    ],
)
def test_what_people_read_is_not_doubted(line, told):
    assert told("S005", line) == []


def test_a_person_may_be_written_in_either_convention(told):
    assert told("S005", 'email: {"@path": $.traits.email_address}', "people") == []


SHAPES = {
    "the properties": (path("note", "$.properties"), True),
    "an object, as the spec shows": (path("note", "$.context.device"), True),
    "an object, of which others read a member": (path("note", "$.properties.address"), True),
    "a list, of which others read an item": (path("note", "$.properties.lines"), True),
    "a choice of @if": ('note: {"@if": {exists: {"@path": $.userId}, then: {"@path": $.context}}}', True),
    "with another case": ('note: {"@case": {operator: lower, value: {"@path": $.properties}}}', True),
    "an object where one is wanted": (path("ship", "$.properties.address"), False),
    "as text": ('note: {"@json": {mode: encode, value: {"@path": $.properties}}}', False),
    "asked after": ('note: {"@if": {exists: {"@path": $.properties.address}, then: yes, else: "no"}}', False),
    "nobody knows": (path("note", "$.properties.remark"), False),
}  # fmt: skip


@pytest.mark.parametrize(("line", "wrong"), SHAPES.values(), ids=[*SHAPES])
def test_an_object_where_a_single_value_is_wanted_is_told(line, wrong, told):
    assert bool(told("S022", line)) is wrong


BRANCHES = {
    "an object, for its member": ('note: {"@if": {exists: {"@path": $.properties}, then: {"@path": $.properties.x}, else: none}}', True),
    "a literal": ('note: {"@if": {exists: text, then: a, else: b}}', True),
    "what the spec asks for": ('note: {"@if": {exists: {"@path": $.type}, then: a, else: b}}', True),
    "the member itself": ('note: {"@if": {exists: {"@path": $.properties.x}, then: {"@path": $.properties.x}, else: none}}', False),
    "an object, for several": ('ship: {"@if": {exists: {"@path": $.properties.address}, then: {city: {"@path": $.properties.address.city}}, else: {city: none}}}', False),
    "without an else": ('note: {"@if": {exists: {"@path": $.properties}, then: {"@path": $.properties.x}}}', False),
}  # fmt: skip


@pytest.mark.parametrize(("line", "idle"), BRANCHES.values(), ids=[*BRANCHES])
def test_a_branch_that_is_never_taken_is_told(line, idle, told):
    assert bool(told("S023", line)) is idle


LITERALS = {
    "a number for text": ('note: {"@literal": 5}', ["S020"]),
    "text for a number": ('total: {"@literal": "5"}', ["S020"]),
    "in a branch": ('total: {"@if": {exists: {"@path": $.properties.x}, then: 1, else: "1"}}', ["S020"]),
    "in a member": ('ship: {city: {"@literal": 5}}', ["S020"]),
    "a whole number for a number": ('total: {"@literal": 5}', []),
    "a path": ("note: $.properties.note", ["S021"]),
    "a path to ask after": ('note: {"@if": {exists: $.properties.note, then: a, else: b}}', ["S021"]),
    "a price": ('note: "$.50 each"', []),
    "text": ("note: hello", []),
}  # fmt: skip


@pytest.mark.parametrize(("line", "codes"), LITERALS.values(), ids=[*LITERALS])
def test_literals_that_are_meant_otherwise_are_told(line, codes, told):
    assert [code for code in ("S020", "S021") for _ in told(code, line)] == codes


AIMS = {
    'type = "track"': ["S025"],
    'type = "track" and contains(event, "Order")': ["S025"],
    'type = "track" and userId != null': ["S025"],
    'type = "identify" or event = "A"': ["S025"],
    'type = "track" or event = "A"': ["S024", "S025"],
    'type = "track" or (event = "A" and userId != null)': ["S024", "S025"],
    'event = "A"': [],
    'event in ["A", "B"] and userId != null': [],
    'event = "A" or event = "B"': [],
    'type = "track" and properties.order_id != null': [],
    '(type = "track" and event = "A") or (type = "page" and name = "B")': [],
}


@pytest.mark.parametrize(("trigger", "codes"), AIMS.items(), ids=[*AIMS])
def test_a_trigger_that_takes_too_much_is_told(trigger, codes, check):
    text = f"o: {{action: order, trigger: '{trigger}', fields: {{order: {{\"@path\": $.properties.order_id}}}}}}"
    found = check(text, schemas="", most=1).findings
    assert sorted(one.code for one in found if one.code in {"S024", "S025"}) == codes


@pytest.mark.parametrize(
    ("trigger", "types"),
    [
        ('event = "A"', {"track"}),
        ('event in ["A", "B"] and userId != null', {"track"}),
        ('contains(event, "Order")', {"track"}),
        ('event = "A" or type = "page"', {"track", "page"}),
        ('type = "page" and event = "A"', {"page"}),
        ('event != "A" and (type = "track" or type = "screen")', {"track", "screen"}),
    ],
)
def test_a_name_is_sought_in_track_events_unless_another_type_is_asked_for(trigger, types):
    assert {one.type for one in grounds(Schemas(), parse_trigger(trigger))} == types
