"""The workspace in force, with all that is made of it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segue.dispatch import Dispatcher
from segue.hooks import Hooks
from segue.schemas import Rule, compile_rule
from segue.workspace.model import Source, Workspace


@dataclass(frozen=True, slots=True)
class Revision:
    """A workspace and what is made of it once.

    ``keys`` finds a source by its write key, ``rule`` is what its schemas ask of events, if anything.
    """

    workspace: Workspace
    dispatcher: Dispatcher
    keys: Mapping[str, Source] = field(repr=False)
    rule: Rule | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, workspace: Workspace) -> "Revision":
        """The revision that a workspace is."""
        keys = {source.write_key: source for source in workspace.sources.values()}
        return cls(workspace, Dispatcher(workspace), keys, compile_rule(workspace.schemas))

    @property
    def name(self) -> str:
        """What tells it from others."""
        return self.workspace.revision


class Standing:
    """Holds the revision in force. The first is loaded when it is asked for.

    ``load`` reads the file; it raises ConfigError, and may be called in a thread.
    """

    def __init__(self, load: Callable[[], Workspace]) -> None:
        self._load = load
        self._current: Revision | None = None

    @property
    def current(self) -> Revision:
        """The revision in force. Raises ConfigError if there is none yet and the file is wrong."""
        if self._current is None:
            self._current = self.read()
        return self._current

    def read(self) -> Revision:
        """What the file says at this moment."""
        return Revision.of(self._load())

    def replace(self, revision: Revision) -> None:
        """Put another in force."""
        self._current = revision

    def workspace(self) -> Workspace:
        """The workspace in force."""
        return self.current.workspace

    def dispatcher(self) -> Dispatcher:
        """The dispatcher in force."""
        return self.current.dispatcher

    def hooks(self) -> Hooks:
        """The hooks of the plugins in force."""
        return self.current.workspace.hooks

    def rule(self) -> Rule | None:
        """What the schemas in force ask of events, None for nothing."""
        return self.current.rule

    def source(self, write_key: str) -> Source | None:
        """The source of a write key."""
        return self.current.keys.get(write_key)
