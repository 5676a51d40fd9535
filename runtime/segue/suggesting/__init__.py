"""Where the fields of an action could come from, judged by names, types, formats and examples.

Nothing is asked of anyone: the names that mean the same are in ``aliases.json``. The same input gives the
same suggestions.
"""

from segue.suggesting.observing import Observation, Source, declared
from segue.suggesting.offering import offer
from segue.suggesting.speaking import silent
from segue.suggesting.suggestions import LEVELS, Level, Suggestion, suggest


__all__ = [
    "LEVELS",
    "Level",
    "Observation",
    "Source",
    "Suggestion",
    "declared",
    "offer",
    "silent",
    "suggest",
]
