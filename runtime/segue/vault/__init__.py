"""Secrets by name, encrypted on disk, for ``${secret:NAME}`` in a workspace.

``Vault`` keeps them; ``find_secrets`` looks a name up wherever secrets are kept. Names are in clear,
so that they can be listed without a key.
"""

from segue.vault.finding import find_secrets, secret_files
from segue.vault.keys import VARIABLE, make_key
from segue.vault.vault import Vault


__all__ = ["VARIABLE", "Vault", "find_secrets", "make_key", "secret_files"]
