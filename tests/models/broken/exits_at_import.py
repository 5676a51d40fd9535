"""A script, not a plugin."""

import sys


sys.exit(3)
