"""Destinations to write workspaces for: with settings of all kinds, with any settings, with none."""

import pytest

from segue import Catalogue, ConfigError, Destination, RateLimit, Request, action, path
from segue.workspace import parse_workspace


CRM = Destination(
    "crm",
    title="CRM",
    url="https://crm.test/api",
    rate_limit=RateLimit(5, per=1.0),
    settings={
        "type": "object",
        "required": ["token"],
        "additionalProperties": False,
        "properties": {
            "token": {"type": "string", "title": "Token", "minLength": 4, "writeOnly": True},
            "region": {"type": "string", "title": "Region", "enum": ["us", "eu"]},
            "port": {"type": "integer", "title": "Port"},
            "secure": {"type": "boolean", "title": "Secure"},
            "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}},
        },
    },
)

FIELDS = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "title": "ID", "mapping": path("$.userId")},
        "name": {"type": "string", "title": "Name", "mapping": path("$.traits.name")},
        "score": {"type": "number", "title": "Score"},
    },
}


@action(CRM, "upsert", trigger='type = "identify"', fields=FIELDS)
def upsert(payload) -> Request:
    """Create or update a person."""
    return Request.put("/people", json=payload)


@action(CRM, "note", trigger='type = "track"', fields=FIELDS)
def note(payload) -> Request:
    """Write a note."""
    return Request.post("/notes", json=payload)


LOG = Destination("log", title="Log", url="https://log.test")

HOOK = Destination(
    "hook",
    title="Hook",
    url="https://hook.test",
    open_url=True,
    settings={
        "type": "object",
        "additionalProperties": True,
        "properties": {"headers": {"type": "object", "title": "Headers"}},
    },
)


@action(LOG, "write", trigger="all", fields={"type": "object", "properties": {}})
def write(payload) -> Request:
    """Write a line."""
    return Request.post("/", json=payload)


@pytest.fixture(scope="session")
def catalogue():
    return Catalogue(
        {"crm": CRM, "hook": HOOK, "log": LOG}, {one.name: one for one in (note, upsert, write)}
    )


@pytest.fixture
def load(catalogue):
    """``load(text, NAME="value")`` is the workspace of a text, in an environment."""
    return lambda text, **environ: parse_workspace(text, catalogue, environ=environ)


@pytest.fixture
def refused(load):
    """``refused(text)`` is everything that is wrong with a text, a line for each problem."""

    def refused(text, **environ):
        with pytest.raises(ConfigError) as caught:
            load(text, **environ)
        return [str(problem) for problem in caught.value.problems]

    return refused


@pytest.fixture
def connection(load):
    """``connection(lines)`` is one connection to the CRM, with these lines besides."""

    def connection(lines="", **environ):
        text = f"version: 1\nconnections:\n  c:\n    destination: crm\n{indented(lines, 4)}"
        if "settings:" not in lines:
            text += "    settings: {token: '${TOKEN:-secret}'}\n"
        return load(text, **environ).connections["c"]

    return connection


@pytest.fixture
def mapping(connection):
    """``mapping(lines)`` is one mapping of the CRM."""
    return lambda lines: connection(f"mappings:\n  m:\n{indented(lines, 4)}").mappings[0]


def indented(lines, by):
    return "".join(" " * by + line + "\n" for line in lines.splitlines())
