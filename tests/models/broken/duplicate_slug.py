"""Another Loops."""

from segue import Destination


LOOPS = Destination("loops", title="Loops", url="https://loops.test")
