"""Names as small numbers: sources, connections, mappings, revisions. There are few of them."""

import sqlite3

from segue.store.sqlite.unit import Unit


class Words:
    """The table ``word``, all of it in memory."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._texts: dict[int, str] = dict(db.execute("SELECT id, text FROM word"))
        self._ids = {text: number for number, text in self._texts.items()}

    def __getitem__(self, number: int) -> str:
        return self._texts[number]

    def find(self, text: str) -> int | None:
        """The number of a name that is known."""
        return self._ids.get(text)

    def number(self, unit: Unit, text: str) -> int:
        """The number of a name, a new one if need be."""
        number = self._ids.get(text)
        return self._learn(unit, text) if number is None else number

    def _learn(self, unit: Unit, text: str) -> int:
        number = len(self._ids) + 1
        unit.run("INSERT INTO word (id, text) VALUES (?, ?)", (number, text))
        self._ids[text], self._texts[number] = number, text
        unit.undo(lambda: (self._ids.pop(text), self._texts.pop(number)))
        return number
