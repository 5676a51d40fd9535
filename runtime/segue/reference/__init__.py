"""The reference page of a destination, made of what its author declares: as Markdown and as HTML."""

from segue.reference.html import html, html_index, inline
from segue.reference.markdown import markdown, markdown_index
from segue.reference.page import Page, filename, index, page


__all__ = [
    "Page",
    "filename",
    "html",
    "html_index",
    "index",
    "inline",
    "markdown",
    "markdown_index",
    "page",
]
