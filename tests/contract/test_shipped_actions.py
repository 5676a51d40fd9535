"""What every action that comes with Segue promises."""

import segue_actions
from segue.testing import contract


test_shipped = contract(segue_actions)
