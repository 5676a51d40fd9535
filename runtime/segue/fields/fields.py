"""A field spec, compiled: payloads are coerced by it, mappings are checked against it."""

from collections.abc import Callable, Iterator
from functools import cached_property, reduce
from typing import Final, cast

from segue.errors import FieldError, FieldsError, PayloadError, Problem, pointer, suggest
from segue.fields.cleaning import compile_cleaning
from segue.fields.coercion import compile_coercion
from segue.fields.mapping_schema import DIRECTIVE_LIKE, mapping_schema
from segue.fields.messages import Place, explain, sentence
from segue.fields.profile import check_fields
from segue.fields.reference import Failure, Judge
from segue.fields.schema import default_mapping, properties
from segue.fields.validation import assertions, compile_judge, compile_verdict, without_blanks
from segue.json import MISSING, JsonObject, JsonValue, quote


def compile_fields(schema: JsonObject) -> "Fields":
    """A field spec as a coercing validator. Raises FieldsError with every problem of it."""
    problems = check_fields(schema)
    if problems:
        raise FieldsError(problems)
    return Fields(schema)


class Fields:
    """A field spec, compiled. Made by ``compile_fields``."""

    def __init__(self, schema: JsonObject) -> None:
        self.schema = schema
        self._is_settled = compile_verdict(without_blanks(schema))
        self._clean = compile_cleaning(schema)
        self._fit = compile_coercion(schema)

    def coerce(self, payload: JsonValue) -> JsonObject:
        """The payload without empty values, and with every value of its field's type.

        The same object where there is nothing to do, else a new one: a payload is never written to.
        Raises PayloadError with everything that is still wrong.
        """
        try:
            if self._is_settled(payload):
                return cast("JsonObject", payload)
        except ValueError:  # jsonschema-rs cannot read it; what follows can
            pass
        cleaned = self._clean(payload)
        return self.validate(self._fit(payload if cleaned is MISSING else cleaned))

    def validate(self, payload: JsonValue) -> JsonObject:
        """The payload as it is, if it is valid. Raises PayloadError."""
        if not _holds(self._is_settled, payload):
            errors = [explain(self.schema, payload, failure) for failure in self._judge(payload)]
            if errors:
                raise PayloadError(_once(errors))
        return cast("JsonObject", payload)

    @cached_property
    def _judge(self) -> Judge:
        return compile_judge(self.schema)

    @cached_property
    def mapping(self) -> JsonObject:
        """The default mapping: what the fields' ``mapping`` keywords say."""
        return default_mapping(self.schema)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The fields that are never shown."""
        fields = properties(self.schema).items()
        return tuple(key for key, field in fields if field.get("writeOnly") is True)

    @cached_property
    def mapping_schema(self) -> JsonObject:
        """The JSON Schema of a mapping for these fields. It refers to ``urn:segue:directive``."""
        return mapping_schema(self.schema)

    def check(self, mapping: JsonValue) -> list[Problem]:
        """Every way in which a mapping does not suit the fields.

        Literals, names and what must be there are judged; ``check_mapping`` judges directives.
        """
        suits, judge = self._mappings
        if _holds(suits, mapping):
            return []
        whole = Place((), self.schema, "The mapping")
        causes = (cause for failure in judge(mapping) for cause in _causes(whole, failure))
        return [_problem(where, cause) for where, cause in causes]

    @cached_property
    def _mappings(self) -> tuple[Callable[[object], bool], Judge]:
        schema = mapping_schema(self.schema, DIRECTIVE_LIKE)
        return compile_verdict(schema), compile_judge(schema)


def _holds(verdict: Callable[[object], bool], value: JsonValue) -> bool:
    """A verdict; where jsonschema-rs cannot read the value, the reference is to be asked."""
    try:
        return verdict(value)
    except ValueError:
        return False


def _once(errors: list[FieldError]) -> list[FieldError]:
    """Errors without repetitions: two rules may ask for the same."""
    return [*{(error.pointer, error.message): error for error in errors}.values()]


_DIRECTIVE: Final = assertions(DIRECTIVE_LIKE)


def _causes(where: Place, failure: Failure) -> Iterator[tuple[Place, Failure]]:
    """What fails, and where; of a value that is no directive, what the literal lacks."""
    where = reduce(Place.step, failure.path, where)
    if failure.rule != "anyOf" or failure.asked[0] != _DIRECTIVE:
        yield where, failure
        return
    for cause in failure.causes:
        if cause.way[0] == 1:
            yield from _causes(where, cause)


def _problem(where: Place, failure: Failure) -> Problem:
    if failure.rule == "additionalProperties":
        hint = suggest(failure.key, properties(where.schema))
        return Problem(pointer(*where.path, failure.key), f"no field {quote(failure.key)}", hint)
    hint = "write such a value, or a directive" if failure.rule == "type" else None
    return Problem(pointer(*where.path), sentence(where, failure), hint)
