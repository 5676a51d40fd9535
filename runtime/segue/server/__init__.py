"""The program that owns a data directory: ``segue serve``, and the commands when it does not run."""

from segue.server.runtime import Runtime, open_office, open_runtime
from segue.server.serving import Plan, serve
from segue.server.working import open_working


__all__ = ["Plan", "Runtime", "open_office", "open_runtime", "open_working", "serve"]
