"""Mappings that suit a field spec."""

import pytest
from hypothesis import given, settings

from segue import check_mapping, compile_fields, compile_mapping, samples
from segue.json import MISSING
from segue.testing import mappings


EITHER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "anyOf": [{"required": ["email"]}, {"required": ["phone"]}],
    "properties": {
        "id": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "phone": {"type": "string", "pattern": "^[0-9]{5}$"},
        "seats": {"type": "integer", "minimum": 1},
        "more": {"type": "object"},
    },
}


@pytest.mark.parametrize("fields", [EITHER, {"type": "object", "properties": {"a": {}}}])
def test_they_pass_both_checks_and_run(fields):
    spec = compile_fields(fields)

    @settings(max_examples=50, deadline=None)
    @given(mappings(fields))
    def all_suit(mapping):
        assert check_mapping(mapping) == spec.check(mapping) == []
        for event in samples.by_type().values():
            assert compile_mapping(mapping)(event) is not MISSING

    all_suit()
