"""How a check says what is wrong: the finding, the smallest case of it, and what to do."""

import json

from segue.json import JsonValue


class BrokenError(Exception):
    """A promise that a plugin does not keep.

    ``what`` says what is wrong, ``remedy`` what to do; ``case`` is the smallest payload (or event, or
    request) with which it happens.
    """

    def __init__(self, what: str, remedy: str, *cases: tuple[str, JsonValue]) -> None:
        self.what, self.remedy, self.cases = what, remedy, cases
        super().__init__(what)

    def __str__(self) -> str:
        shown = "".join(f"\n\nthe {name}:\n{_indented(value)}" for name, value in self.cases)
        return f"{self.what}.{shown}\n\n{self.remedy}"


def _indented(value: JsonValue) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=True, default=repr)
    short = text if len(text) < 4000 else text[:4000] + " …"
    return "\n".join(f"    {line}" for line in short.splitlines())
