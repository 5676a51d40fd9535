"""The installed command. It is a package of its own since ``segue`` takes a moment to be imported.

Ctrl-C in that moment would be a trace out of the middle of an import, whoever's it is.
"""

import signal


def main() -> None:
    """Run ``segue``. Until it can answer for itself, an interruption just ends it."""
    own = signal.getsignal(signal.SIGINT)
    if own is signal.default_int_handler:  # not where it is ignored, as for a job in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from segue.cli import main

    signal.signal(signal.SIGINT, own)
    main(prog_name="segue")
