"""segue suggest: where the fields of a mapping could come from, by the events there are."""

from segue.cli.suggest.command import command


__all__ = ["command"]
