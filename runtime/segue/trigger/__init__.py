"""The trigger language: text to a tree, a tree to a plain Python function, and back to text.

>>> wanted = compile_trigger('type = "track" and event != "Ping"')
>>> wanted({"type": "track", "event": "Order Completed"})
True
"""

from segue.trigger.index import Index
from segue.trigger.parser import parse_trigger
from segue.trigger.predicate import Predicate, compile_trigger
from segue.trigger.tree import (
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Null,
    Number,
    Or,
    Path,
    Text,
    Trigger,
    trigger_paths,
)


__all__ = [
    "And",
    "Boolean",
    "Call",
    "Compare",
    "Index",
    "List",
    "Negative",
    "Not",
    "Null",
    "Number",
    "Or",
    "Path",
    "Predicate",
    "Text",
    "Trigger",
    "compile_trigger",
    "parse_trigger",
    "trigger_paths",
]
