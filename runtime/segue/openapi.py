"""Whether requests are what the provider's OpenAPI document describes: path, method, parameters, body.

A small reader of OpenAPI 3.0 and 3.1. What it does not know (callbacks, links, cookies, bodies that are
not JSON) it lets pass.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias, cast
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from segue.errors import AuthorError
from segue.http import Request
from segue.json import JsonError, JsonObject, JsonValue, decode


Document: TypeAlias = dict[str, Any]

LARGEST: Final = 20_000_000
"""Bytes of a document."""

_ROOT: Final = "urn:openapi"
_DEEP: Final = 4


def read(source: JsonObject | Path) -> Document:
    """The document, from a file of JSON or YAML if need be. Raises AuthorError."""
    if isinstance(source, Mapping):
        return cast("Document", source)
    try:
        if source.stat().st_size > LARGEST:
            raise AuthorError(f"{source} is over {LARGEST:,} bytes")
        text = source.read_bytes()
    except OSError as error:
        raise AuthorError(f"the OpenAPI document cannot be read: {error}") from None
    try:
        found = decode(text) if source.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    except (JsonError, yaml.YAMLError) as error:
        raise AuthorError(f"{source} is neither JSON nor YAML: {error}") from None
    if not isinstance(found, dict) or "paths" not in found:
        raise AuthorError(f'{source} is no OpenAPI document: it has no "paths"')
    return cast("Document", found)


@dataclass(frozen=True, slots=True)
class Operation:
    """What the document says about one method of one path; ``values`` are those of the path."""

    template: str
    methods: Document
    values: Mapping[str, str]


class Description:
    """An OpenAPI document, asked about requests."""

    def __init__(self, document: Document) -> None:
        self._document = document
        resource = Resource.from_contents(_nullable(document), default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry[Any]().with_resource(_ROOT, resource)

    def problems(self, request: Request, base: str) -> Iterator[str]:
        """Everything about a request that is not as the document says."""
        url = urlsplit(request.under(base).url)
        found = self._find(url.path, base)
        if found is None:
            yield f"there is no path for {url.path}; there are {self._listed()}"
            return
        method = request.method.lower()
        if method not in found.methods:
            known = ", ".join(one.upper() for one in found.methods if one in _METHODS)
            yield f"{found.template} knows no {request.method}, but {known}"
            return
        operation = cast("Document", found.methods[method])
        given = {"path": found.values, "query": {k: v[0] for k, v in parse_qs(url.query, keep_blank_values=True).items()}}  # fmt: skip
        stated = [*found.methods.get("parameters", ()), *operation.get("parameters", ())]
        for parameter in map(self._resolved, stated):
            yield from self._parameter(parameter, given)
        yield from self._body(self._resolved(operation.get("requestBody", {})), request)

    def answer(self, request: Request, base: str) -> tuple[int, JsonObject | None] | None:
        """The status and the body's schema of the answer that the document gives to a request.

        It is the first one with 2xx, its references put in a few levels deep; without a schema there is
        no body. None where the document says nothing of answers.
        """
        found = self._find(urlsplit(request.under(base).url).path, base)
        operation = found.methods.get(request.method.lower()) if found is not None else None
        stated = cast("Document", operation).get("responses", {}) if operation else {}
        status = min((one for one in map(str, stated) if re.fullmatch("2[0-9]{2}", one)), default=None)  # fmt: skip
        if status is None:
            return None
        written = {str(one): value for one, value in stated.items()}
        kinds = cast("Document", self._resolved(written[status]).get("content", {}))
        schema = next((one.get("schema", {}) for kind, one in kinds.items() if "json" in kind), None)  # fmt: skip
        return int(status), None if schema is None else _nullable(self._whole(schema, _DEEP))

    def _whole(self, value: Any, depth: int) -> Any:
        """A part of the document with what it refers to in place, a few levels deep."""
        if isinstance(value, list):
            return [self._whole(one, depth) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return self._whole(self._resolved(value), depth - 1) if depth else {}
        return {key: self._whole(one, depth) for key, one in value.items()}

    def _listed(self) -> str:
        paths = list(self._document["paths"])
        return ", ".join(paths[:8]) + (" …" if len(paths) > 8 else "")

    def _find(self, path: str, base: str) -> Operation | None:
        """The path of the document that a URL's path is; one without variables goes first."""
        below = path.removeprefix(urlsplit(base).path.rstrip("/"))
        paths = cast("Document", self._document["paths"])
        for template in sorted(paths, key=lambda one: (one.count("{"), one)):
            for candidate in (below, path):
                found = _template(template).fullmatch(candidate)
                if found:
                    names = re.findall(r"\{([^}]*)\}", template)
                    values = dict(zip(names, map(unquote, found.groups()), strict=True))
                    return Operation(template, self._resolved(paths[template]), values)
        return None

    def _resolved(self, value: Any) -> Document:
        """A part of the document, where it stands, following references a few steps."""
        for _ in range(8):
            if not isinstance(value, dict) or "$ref" not in value:
                break
            found: Any = self._document
            for step in str(value["$ref"]).removeprefix("#/").split("/"):
                found = found.get(step.replace("~1", "/").replace("~0", "~"), {})
            value = found
        return cast("Document", value if isinstance(value, dict) else {})

    def _parameter(self, parameter: Document, given: Mapping[str, Mapping[str, str]]) -> Iterator[str]:  # fmt: skip
        name, where = str(parameter.get("name")), str(parameter.get("in"))
        if where not in given:
            return
        if name not in given[where]:
            if parameter.get("required"):
                yield f"the {where} parameter {name} is missing"
            return
        schema = parameter.get("schema", {})
        yield from self._judged(
            _typed(given[where][name], schema), schema, f"{where} parameter {name}"
        )

    def _body(self, described: Document, request: Request) -> Iterator[str]:
        kinds = cast("Document", described.get("content", {}))
        schema = next((one.get("schema", {}) for kind, one in kinds.items() if "json" in kind), None)  # fmt: skip
        if request.json is None:
            if described.get("required") and not request.body:
                yield "there has to be a body, and there is none"
        elif schema is not None:
            yield from self._judged(request.json, schema, "body")
        elif not kinds:
            yield "there is a body, and the document describes none"

    def _judged(self, value: JsonValue, schema: Document, what: str) -> Iterator[str]:
        validator = Draft202012Validator(
            _rooted(_nullable(schema)), registry=self._registry, format_checker=None
        )
        for error in validator.iter_errors(value):
            where = "".join(f"/{step}" for step in error.absolute_path)
            yield f"{what}{where}: {error.message[:200]}"


_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")


def _template(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", template)
    return re.compile("([^/]+)".join(map(re.escape, parts)))


def _typed(text: str, schema: Document) -> JsonValue:
    """A parameter's text as the type that its schema has."""
    kind = schema.get("type")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text


def _nullable(value: Any) -> Any:
    """Schemas of OpenAPI 3.0 as those of 3.1: `nullable`, and exclusive bounds that are booleans."""
    if isinstance(value, list):
        return [_nullable(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _nullable(one) for key, one in value.items()}
    if made.pop("nullable", None) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list):
            made["enum"] = [*made["enum"], None]
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(word), bool):
            exclusive = made.pop(word)
            if exclusive and bound in made:
                made[word] = made.pop(bound)
    return made


def _rooted(value: Any) -> Any:
    """A schema whose references lead into the document."""
    if isinstance(value, list):
        return [_rooted(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _rooted(one) for key, one in value.items()}
    reference = made.get("$ref")
    return {**made, "$ref": _ROOT + reference} if isinstance(reference, str) and reference[:1] == "#" else made  # fmt: skip
