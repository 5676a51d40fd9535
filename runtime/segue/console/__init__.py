"""The console: what goes where and what became of it, in a browser.

It runs in a process of its own and is one more client of a data directory: it reads the store, asks
whoever owns the directory for changes, and edits the workspace file. ``app`` is the whole of it;
``security`` is loaded without any page.
"""
