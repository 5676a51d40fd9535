"""The JSON Schemas of Segue's own formats.

``REGISTRY`` holds every ``*.schema.json`` beside this file under its ``$id``: ``urn:segue:event``,
``urn:segue:directive``, ``urn:segue:fields``, ``urn:segue:workspace``.
"""

import json
from importlib.resources import files
from typing import Final

from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY, SchemaRegistry


def _read() -> SchemaRegistry:
    found = (file for file in files(__name__).iterdir() if file.name.endswith(".schema.json"))
    texts = (file.read_text(encoding="utf-8") for file in found)
    return (DRAFT202012.create_resource(json.loads(text)) for text in texts) @ EMPTY_REGISTRY


REGISTRY: Final = _read()
