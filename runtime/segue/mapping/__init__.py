"""The mapping language: from an event to a payload.

A mapping is plain JSON. An object with one ``@`` key is a directive; anything else stands for itself.

    {"name": {"@path": "$.traits.name"}, "source": "website"}

`check_mapping` finds every problem, `compile_mapping` makes a callable, `mapping_paths` tells what
is read. A compiled mapping never changes an event and never raises on one: a directive that cannot
apply yields MISSING, which leaves its field out, and in an array leaves null. The payload may share
containers with the event; both are read-only. The README beside this file shows each directive.
"""

from segue.errors import MappingError
from segue.json import JsonValue
from segue.mapping.directives import compile_value
from segue.mapping.paths import compile_path, split_path
from segue.mapping.readings import Reading, first_path, mapping_paths
from segue.mapping.resolvers import Resolver, bare
from segue.mapping.shapes import check_mapping, unfold


__all__ = [
    "Reading",
    "Resolver",
    "check_mapping",
    "compile_mapping",
    "compile_path",
    "first_path",
    "mapping_paths",
    "split_path",
]


def compile_mapping(mapping: JsonValue) -> Resolver:
    """A callable from event to payload.

    The payload is an object, unless a directive at the root makes it something else or MISSING.
    Raises MappingError with every problem.
    """
    problems = check_mapping(mapping)
    if problems:
        raise MappingError(problems)
    return bare(compile_value(unfold(mapping)))
