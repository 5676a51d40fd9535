"""A module is not installed."""

import nothing_like_this  # noqa: F401
