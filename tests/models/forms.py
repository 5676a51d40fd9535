"""The forms of a page as a browser without scripts has them: what it would send."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.values, self.inside, self.depth = {}, False, 0
        self.select, self.area, self.text = None, None, ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.wanted
        if not self.inside:
            return
        name = given.get("name")
        if tag == "input" and name:
            if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
                self.values[name] = given.get("value") or ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if "selected" in given or self.select not in self.values:
                self.values[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area:
            self.values[self.area] = self.text.removeprefix("\n")
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.text += data


def filled(html, form="mapping"):
    """The names and values of a form, by its id, as they stand."""
    reader = _Reader()
    reader.wanted = form
    reader.feed(html)
    return reader.values
