"""The API keys of a team. A key is shown once; only its hash is kept."""

import hashlib
from collections.abc import Callable, Iterator

from segue_actions.loops.sandbox.model import ApiKey, Record


class Keyring:
    """API keys by the hash of their text. A revoked key stays listed and stays revoked."""

    def __init__(self, record: Record, *, clock: Callable[[], float]) -> None:
        self._record, self._clock = record, clock
        self._keys: dict[str, ApiKey] = {}

    def __iter__(self) -> Iterator[ApiKey]:
        return iter(self._keys.values())

    def add(self, secret: str, name: str) -> None:
        """Accept this key from now on, unless it was known before."""
        digest = _digest(secret)
        if digest not in self._keys:
            self.restore(ApiKey(identity(secret), name, digest, secret[-4:], self._clock()))
            self._save(self._keys[digest])

    def revoke(self, id: str) -> ApiKey | None:  # noqa: A002 the key's
        """Refuse the key of this id from now on; None when there is none that is valid."""
        found = next((one for one in self if one.id == id and one.revoked is None), None)
        if found is not None:
            found.revoked = self._clock()
            self._save(found)
        return found

    def valid(self, id: str) -> bool:  # noqa: A002 the key's
        return any(one.id == id and one.revoked is None for one in self)

    def opens(self, secret: str) -> bool:
        """Whether this key is valid now."""
        found = self._keys.get(_digest(secret))
        if found is None or found.revoked is not None:
            return False
        found.used = self._clock()
        return True

    def restore(self, key: ApiKey) -> None:
        """Keep a key that is on record already."""
        self._keys[key.digest] = key

    def _save(self, key: ApiKey) -> None:
        self._record("key", key.id, key)


def identity(secret: str) -> str:
    """What a key is called where its text must not be."""
    return _digest(secret)[:16]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
