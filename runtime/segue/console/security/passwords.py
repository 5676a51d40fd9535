"""Passwords, kept as what scrypt makes of them (RFC 7914), with its cost in the same text."""

import hmac
import re
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import scrypt
from typing import Final


SHORTEST: Final = 12
LONGEST: Final = 1024
SALT: Final = 16
SIZE: Final = 32

_WORDS: Final = re.compile(
    "(?:password|passwort|passw|qwerty|qwertz|azerty|uiop|asdf|ghjkl|zxcv|bnm|admin|administrator|root|login|letmein"
    "|welcome|iloveyou|secret|changeme|change|master|monkey|dragon|football|baseball|sunshine|princess|superman"
    "|trustno|whatever|starwars|hello|please|test|default|guest|user|console|segue|abc|abcdef|abcdefghijkl|xyz"
    "|correct|horse|battery|staple|one|two|three|four|the|me|in|my|is|now|a|s|x|q)*"
)
"""What the passwords that are tried first are put together from, their digits and signs aside."""

_LOOKALIKES: Final = str.maketrans("@4301!5$7", "aaeoiisst")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: about ``128 * n * r`` bytes, ``p`` times over."""

    n: int = 2**15
    r: int = 8
    p: int = 3


COST: Final = Cost()


def seal(password: str, salt: bytes, cost: Cost = COST) -> str:
    """What is kept of a password: ``scrypt$n$r$p$salt$hash``."""
    made = _derive(password, salt, cost)
    texts = (b64encode(part).decode() for part in (salt, made))
    return "$".join(["scrypt", str(cost.n), str(cost.r), str(cost.p), *texts])


def opens(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; told in the same time either way."""
    cost, salt, made = _parts(kept)
    return hmac.compare_digest(_derive(password, salt, cost), made)


def stale(kept: str, cost: Cost = COST) -> bool:
    """Whether it was kept at another cost than is asked for now."""
    return _parts(kept)[0] != cost


def weakness(password: str, name: str) -> str | None:
    """What is wrong with a password for this user, None for nothing."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"a password needs {SHORTEST} characters or more"
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
        return f"a password of more than {LONGEST:,} bytes is not taken"
    if len(set(plain)) < 5 or _common(plain.lower()):
        return "this password is among the first that are tried; a few random words are better"
    if _letters(plain.lower().replace(name.lower(), "")) == "":
        return "a password should not be made of the name"
    return None


def _common(password: str) -> bool:
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    likes = password, bare.translate(_LOOKALIKES)
    return any(_WORDS.fullmatch(_letters(one)) for one in likes)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _plain(password: str) -> str:
    """One spelling for what looks the same, whichever keyboard typed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    text = _plain(password).encode("utf-8", "surrogatepass")
    room = 256 * cost.r * (cost.n + cost.p)
    return scrypt(text, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=SIZE)


def _parts(kept: str) -> tuple[Cost, bytes, bytes]:
    """Raises ValueError for what ``seal`` did not make."""
    kind, n, r, p, salt, made = kept.split("$")
    if kind != "scrypt":
        raise ValueError("only passwords sealed by scrypt are known")
    return Cost(int(n), int(r), int(p)), b64decode(salt), b64decode(made)
