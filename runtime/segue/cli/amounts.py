"""How long and how much, on the command line."""

import re
from typing import Final

import click

from segue.cli.moments import UNITS


SIZES: Final = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
AMOUNT: Final = re.compile(r"([1-9]\d{0,8})([a-zA-Z]+)")


class Age(click.ParamType[float]):
    """Seconds, from a text such as 12h, 30d or 8w."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The seconds that a text means."""
        found = AMOUNT.fullmatch(str(value))
        if found is None or found[2] not in UNITS:
            self.fail(f'"{value}" is not so long a time; write 12h, 30d or 8w', param, ctx)
        return float(int(found[1]) * UNITS[found[2]])


class Size(click.ParamType[int]):
    """Bytes, from a text such as 500MB or 20GB, in powers of ten."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The bytes that a text means."""
        found = AMOUNT.fullmatch(str(value))
        if found is None or found[2] not in SIZES:
            self.fail(f'"{value}" is no size; write 500MB, 20GB or 1TB', param, ctx)
        return int(found[1]) * SIZES[found[2]]


AGE: Final = Age()
SIZE: Final = Size()
