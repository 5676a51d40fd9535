"""Who may open the console: names, accounts, sessions, form tokens, and headers that confine a page.

Everything a request must pass stands in front of the pages, in ``Guard``; what it is judged by is a
``Door``. The page that says it in words is the console's README.
"""

from segue.console.security.door import Door, open_door
from segue.console.security.guard import Guard
from segue.console.security.users import Account, Accounts


__all__ = ["Account", "Accounts", "Door", "Guard", "open_door"]
