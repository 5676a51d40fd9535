import pytest

from segue.mapping import Reading, first_path, mapping_paths


def read(mapping):
    """What a mapping reads, as (pointer, path, within)."""
    return [(reading.pointer, reading.path, reading.within) for reading in mapping_paths(mapping)]


def test_a_path_is_read_where_it_stands():
    assert mapping_paths({"a/b": [{"@path": "$.traits['x.y']"}]}) == [
        Reading("/a~1b/0/@path", "$.traits['x.y']", ("traits", "x.y"), None)
    ]


@pytest.mark.parametrize(
    ("mapping", "paths"),
    [
        ({"@template": "{{a}} {{{ b.c }}} {{}}"}, ["a", "b.c"]),
        (
            {
                "@if": {
                    "blank": {"@path": "$.a"},
                    "then": {"@path": "$.b"},
                    "else": [{"@path": "$.c"}],
                }
            },
            ["$.a", "$.b", "$.c"],
        ),
        ({"@case": {"operator": "lower", "value": {"@path": "$.a"}}}, ["$.a"]),
        ({"@json": {"mode": "encode", "value": {"k": {"@path": "$.a"}}}}, ["$.a"]),
        (
            {
                "@merge": {
                    "direction": "left",
                    "objects": [{"@path": "$.a"}, {"k": {"@path": "$.b"}}],
                }
            },
            ["$.a", "$.b"],
        ),
        ({"@excludeWhenNull": {"@literal": {"@path": "$.a"}}}, ["$.a"]),
        ({"@liquid": "{{ a.b | append: c }}"}, ["a.b", "c"]),
        ({"@literal": "$.a"}, []),
        ({"@path": "$.a", "_metadata": {"@path": "$.b"}}, ["$.a"]),
    ],
)
def test_every_directive_is_followed(mapping, paths):
    assert [reading.path for reading in mapping_paths(mapping)] == paths


def test_a_path_made_at_run_time_may_lead_anywhere():
    assert read({"@path": {"@template": "$.{{where}}"}}) == [
        ("/@path", None, None),
        ("/@path/@template", "where", None),
    ]


def test_the_shape_of_an_array_path_reads_from_its_items():
    mapping = {"a": {"@arrayPath": ["$.items", {"id": {"@path": "$.sku"}}]}}
    assert read(mapping) == [
        ("/a/@arrayPath/0", "$.items", None),
        ("/a/@arrayPath/1/id/@path", "$.sku", "/a/@arrayPath"),
    ]


def test_the_mapping_of_a_transform_reads_from_what_it_applies():
    mapping = {"@transform": {"apply": {"x": {"@path": "$.a"}}, "mapping": {"y": {"@path": "$.x"}}}}
    assert read(mapping) == [
        ("/@transform/apply/x/@path", "$.a", None),
        ("/@transform/mapping/y/@path", "$.x", "/@transform/apply"),
    ]


def test_the_other_fields_of_a_root_transform_read_from_what_it_applies():
    entry = {"@transform": {"apply": {"x": {"@path": "$.a"}}}}
    applied = "/__segment_internal_directive/@transform/apply"
    assert read({"__segment_internal_directive": entry, "y": {"@path": "$.x"}}) == [
        (f"{applied}/x/@path", "$.a", None),
        ("/y/@path", "$.x", applied),
    ]


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ({"@path": "$.traits.email"}, ("traits", "email")),
        ({"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.b"}}}, ("a",)),
        ({"@template": "{{ name }} <{{ email }}>"}, ("name",)),
        ({"@path": {"@path": "$.which"}}, ()),
        ("$.email", ()),
    ],
)
def test_the_first_path_is_the_first_one_that_is_known(value, keys):
    assert first_path(value) == keys
