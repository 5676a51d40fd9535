"""The filters of Segment's Liquid by name, and those it has switched off."""

from typing import Final

from segue.mapping.liquid.filters import arithmetic, codes, dates, lists, texts
from segue.mapping.liquid.filters.kinds import Filter


FILTERS: Final[dict[str, Filter]] = {
    **arithmetic.FILTERS,
    **codes.FILTERS,
    **dates.FILTERS,
    **lists.FILTERS,
    **texts.FILTERS,
}

DISABLED: Final = frozenset(
    {
        "array_to_sentence_string",
        "concat",
        "find",
        "find_exp",
        "find_index",
        "find_index_exp",
        "group_by",
        "group_by_exp",
        "has",
        "has_exp",
        "map",
        "newline_to_br",
        "reject",
        "reject_exp",
        "reverse",
        "sort",
        "sort_natural",
        "type",
        "uniq",
        "where_exp",
    }
)
