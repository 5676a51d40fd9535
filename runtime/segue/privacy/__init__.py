"""People's rights: whom not to take events of, whom to forget, and the proof that it was done.

Nobody is named in what outlives a deletion: the suppression list and the receipts hold keyed
hashes, whose key lies beside the store in a file that only its owner can read.
"""

from segue.privacy.forgetting import Answered, Receipt, forget, receipts
from segue.privacy.hashes import KEY, Hasher, open_key
from segue.privacy.suppression import CODE, Suppression


__all__ = [
    "CODE",
    "KEY",
    "Answered",
    "Hasher",
    "Receipt",
    "Suppression",
    "forget",
    "open_key",
    "receipts",
]
