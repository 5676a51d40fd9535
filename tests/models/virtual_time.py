"""An event loop whose time passes only when nothing else happens, and then at once."""

import asyncio
import selectors


class _Impatient(selectors.SelectSelector):
    """Never waits: the time that it was to wait for has passed when it returns."""

    def __init__(self):
        super().__init__()
        self.passed = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("every task waits for another: nothing will ever happen")
        self.passed += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """``VirtualLoop(start)`` begins at a Unix time. Threads and sockets are not for it."""

    def __init__(self, start=1_700_000_000.0):
        self._impatient = _Impatient()
        self._start = start
        super().__init__(self._impatient)
        self._clock_resolution = 1e-6

    def time(self):
        return self._start + self._impatient.passed


class LoopClock:
    """The clock of a virtual loop."""

    def __init__(self, loop):
        self.now = loop.time
        self.sleep = asyncio.sleep


def run(make, start=1_700_000_000.0):
    """The result of ``make(clock)``, a coroutine, in a time of its own."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(start)) as runner:
        return runner.run(make(LoopClock(runner.get_loop())))
