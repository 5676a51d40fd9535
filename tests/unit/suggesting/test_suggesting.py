"""What is suggested for a field, and what is not."""

import json

import pytest
from labelled import FILE, cases, figures, judged

from segue.suggesting import Observation, declared, silent, suggest
from segue.suggesting.names import alike, words
from segue.workspace.yaml import read


def observed(*events):
    observation = Observation()
    for one in events:
        observation.see(one)
    return observation


def track(**properties):
    return {"type": "track", "event": "Paid", "userId": "u1", "properties": properties}


def suggested(fields, *events, **options):
    """For each field the paths, the best first."""
    seen = observed(*events)
    spec = {"properties": {name: {"type": "string", **field} for name, field in fields.items()}}
    found = suggest(spec, seen.sources(), kind=seen.kind, event=seen.event, **options)
    return {
        name: [one.directive["@path"] for one in found if one.field == (name,)] for name in fields
    }


@pytest.mark.parametrize(
    "name",
    ["customerEMail", "customer_e_mail", "Customer E-Mail", "CUSTOMER-E-MAIL", "customer.eMail"],
)
def test_a_name_is_the_same_words_however_it_is_spelt(name):
    assert words(name) == ("customer", "e", "mail")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("userID", ("user", "id")),
        ("IPAddress", ("ip", "address")),
        ("pageURLs", ("page", "url")),
        ("line1", ("line", "1")),
        ("addresses", ("addresse",)),
        ("status", ("status",)),
        ("isTrial", ("trial",)),
        ("is", ("is",)),
        ("größe", ("größe",)),
        ("", ()),
    ],
)
def test_words(name, found):
    assert words(name) == found


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [("emial", "email", 0.8), ("adress", "address", 0.8), ("e-mail", "email", 1.0), ("tel", "phone", 0.94),
     ("state", "stage", 0.94), ("plane", "plant", 0.0), ("message", "messageId", 0.0), ("id", "ip", 0.0)],
)  # fmt: skip
def test_what_is_alike(one, other, score):
    assert alike(words(one), words(other)) == score


def test_the_figures_of_the_half_that_is_tuned_on():
    assert_figures(figures(cases(held_out=False)), precision=0.97, recall=0.97, three=0.97)


def test_the_figures_of_the_half_that_is_held_out():
    assert_figures(figures(cases(held_out=True)), precision=0.97, recall=0.94, three=0.94)


def assert_figures(got, *, precision, recall, three):
    print(got)  # noqa: T201 the figures, with -s
    assert got.cases > 75
    assert got.precision >= precision
    assert got.recall >= recall
    assert got.within_three >= three


STYLES = {
    "camel": lambda name: "".join(
        [part.title() if at else part for at, part in enumerate(words(name))]
    ),
    "snake": lambda name: "_".join(words(name)),
    "spaced": lambda name: " ".join(words(name)).title(),
    "loud": lambda name: "-".join(words(name)).upper(),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_how_a_sender_spells_its_names_hardly_matters(style):
    def restyled(value):
        return (
            {style(key): restyled(one) for key, one in value.items()}
            if isinstance(value, dict)
            else value
        )

    def respelt(path):
        from segue.mapping.paths import join_path, split_path

        top, *rest = split_path(path)
        return join_path(
            (top, *map(style, rest)) if top in {"traits", "properties"} else (top, *rest)
        )

    scenarios = [
        one for one in read(FILE.read_text("utf-8")).value if "context" not in one["event"]
    ]
    found = []
    for one in scenarios:
        parts = {"properties", "traits"} & one["event"].keys()
        event = {**one["event"], **{part: restyled(one["event"][part]) for part in parts}}
        want = {
            name: path and ([*map(respelt, path)] if isinstance(path, list) else respelt(path))
            for name, path in one["want"].items()
        }
        found += judged({**one, "event": event, "want": want})
    got = figures(found)
    assert (got.precision > 0.95, got.recall > 0.94) == (True, True), got


def test_an_address_of_the_person_goes_before_one_of_somebody_else():
    event = track(vendor={"email": "v@x.co"}, customer={"email": "c@x.co"})
    assert (
        suggested({"email": {"format": "email"}}, event)["email"][0]
        == "$.properties.customer.email"
    )


def test_the_only_address_there_is_may_be_the_one():
    found = suggested({"recipient": {"format": "email"}}, track(kontakt="a@b.co", n=1))
    assert found == {"recipient": ["$.properties.kontakt"]}


def test_an_address_is_not_suggested_for_what_is_no_address():
    assert suggested({"contact": {}, "name": {}}, track(contact_email="a@b.co")) == {
        "contact": [],
        "name": [],
    }


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ({"type": "number"}, "12.50", True),
        ({"type": "number"}, "a dozen", False),
        ({"type": "boolean"}, "yes", True),
        ({"type": "boolean"}, "maybe", False),
        ({"type": "object"}, {"a": 1}, True),
        ({"type": "object"}, "x", False),
        ({"type": "array"}, [1], True),
        ({"type": "string"}, [1], False),
        ({"type": "string"}, 5, True),
        ({"enum": ["low", "high"]}, "low", True),
        ({"enum": ["low", "high"]}, "blue", False),
        ({"format": "email"}, "nobody", False),
        ({"format": "date-time"}, "2026-01-01", True),
        ({"format": "date-time"}, "soon", False),
        ({"type": ["string", "number"], "format": "date-like"}, 1767225600000, True),
        ({"type": ["string", "number"], "format": "date-like"}, 7, False),
        ({"format": "uri"}, "https://a.example", True),
        ({"format": "uri"}, "nothing", False),
    ],
)
def test_what_a_path_holds_has_to_suit_the_field(field, value, fits):
    assert bool(suggested({"thing": field}, track(thing=value))["thing"]) is fits


def test_what_hardly_an_event_has_is_not_suggested():
    events = [track(n=1)] * 150 + [track(coupon="X")]
    assert suggested({"coupon": {}}, *events) == {"coupon": []}
    assert suggested({"coupon": {}}, *events[100:]) == {"coupon": ["$.properties.coupon"]}


def test_null_counts_as_not_there():
    assert suggested({"coupon": {}}, track(coupon=None)) == {"coupon": []}


def test_fields_that_need_nothing_are_left_alone():
    assert suggested({"coupon": {}}, track(coupon="X"), without={"coupon"}) == {"coupon": []}


def test_what_is_as_good_is_in_the_order_of_the_paths():
    found = suggested({"coupon": {}}, track(b={"coupon": "X"}, a={"coupon": "Y"}))
    assert found == {"coupon": ["$.properties.a.coupon", "$.properties.b.coupon"]}


def test_members_that_a_field_declares_are_fields_too():
    spec = {
        "properties": {"address": {"type": "object", "properties": {"city": {"type": "string"}}}}
    }
    (found,) = suggest(spec, observed(track(address_city="Graz")).sources(), kind="track")
    assert (found.field, found.directive) == (
        ("address", "city"),
        {"@path": "$.properties.address_city"},
    )


def test_a_suggestion_says_why_and_shows_what_there_was():
    events = [track(mail=f"{name}@b.co") for name in ("ann", "bob", "cid", "dan")] + [track()]
    (found,) = suggest(
        {"properties": {"email": {"type": "string", "format": "email"}}},
        observed(*events).sources(),
        kind="track",
    )
    assert (found.level, found.share) == ("sure", 0.8)
    assert found.reason == '"mail" is another name for "email"'
    assert found.examples == ("ann@b.co", "bob@b.co", "cid@b.co")


def test_keys_that_are_no_names_are_quoted():
    found = suggested({"coupon": {}}, track(**{"Coupon's": "X"}))
    assert found == {"coupon": ["$.properties['Coupon\\'s']"]}


def test_a_schema_does_for_events():
    schema = {
        "type": "object",
        "required": ["e_mail"],
        "properties": {
            "e_mail": {"type": "string", "format": "email"},
            "size": {"type": ["string", "null"], "enum": ["s", "m", None]},
            "shop": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    sources = list(declared(schema, ("traits",)))
    assert [(".".join(one.keys), one.share) for one in sources] == [
        ("traits.e_mail", 1.0),
        ("traits.size", 0.5),
        ("traits.shop", 0.5),
        ("traits.shop.city", 0.25),
    ]
    assert (sources[1].types, sources[1].texts) == (frozenset({"string"}), frozenset({"s", "m"}))
    spec = {"properties": {"email": {"type": "string", "format": "email"}}}
    (found,) = suggest(spec, sources, kind="identify")
    assert found.directive == {"@path": "$.traits.e_mail"}


def test_a_directive_that_finds_nothing_is_silent():
    sources = observed(track(total=1, items=[{"sku": "x"}])).sources()
    mapping = {
        "there": {"@path": "$.properties.total"},
        "gone": {"@path": "$.properties.totel"},
        "either": {
            "@if": {
                "exists": {"@path": "$.x"},
                "then": {"@path": "$.x"},
                "else": {"@path": "$.userId"},
            }
        },
        "whole": {"@path": "$.properties"},
        "text": "always",
        "item": {"@path": "$.properties.items[0].sku"},
        "words": {"@template": "{{properties.nothing}}"},
        "any": {"@path": {"@path": "$.properties.total"}},
    }
    assert silent(mapping, sources) == {"gone", "words"}


def test_the_same_events_make_the_same_suggestions():
    scenario = read(FILE.read_text("utf-8")).value[0]
    first, second = (json.dumps([one.given for one in judged(scenario)]) for _ in range(2))
    assert first == second
