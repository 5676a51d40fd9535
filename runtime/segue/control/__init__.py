"""Whom to ask when something is to change: the process that owns the data directory, or nobody.

An operation takes a JSON object and gives one. The process that owns the directory carries it out
for itself and for whoever asks through its socket; when there is no such process, a command takes
the lock and does the same in its own. ``open_control`` finds out which of the two it is.
"""

from segue.control.channel import serve_control
from segue.control.client import Control, SilentError, find_running, open_control
from segue.control.data import own_store, read_store
from segue.control.office import Office
from segue.control.operations import OPERATIONS


__all__ = [
    "OPERATIONS",
    "Control",
    "Office",
    "SilentError",
    "find_running",
    "open_control",
    "own_store",
    "read_store",
    "serve_control",
]
