"""What a console offers to do, told by its own pages and routes, and what of it was done."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.routing import Match, Route


NUMBERS = re.compile(r"[.:]?\d+")
EMPTY = frozenset({"input", "img", "meta", "link", "br", "hr", "path"})


class Inventory:
    """ASGI around a console that notes what its pages offer and what is asked of it.

    A deed is a line such as ``POST /connections/{connection}/hold``; with the button that is pressed,
    ``POST /connections/{connection}/filters add=drop``. ``offered`` has the page that each was seen
    on, ``done`` those that were asked for, ``live`` those that pages ask for by themselves.
    """

    def __init__(self, app, routes, beside=()):
        self.app = app
        self.routes = [one for one in routes if isinstance(one, Route)]
        self.beside = beside
        self.offered, self.done, self.live = {}, set(), set()

    def promised(self):
        """What the table of routes has, whether or not a page leads there."""
        told = {f"{method} {one.path}" for one in self.routes for method in one.methods}
        return {one for one in told if not one.startswith(("HEAD ", "GET /static/"))} | set(
            self.beside
        )

    def left(self, *, scripts):
        """What is offered or promised and was not done, with where it was seen."""
        seen = {**dict.fromkeys(self.promised(), "the table of routes"), **self.offered}
        if not scripts:  # what a script alone asks for, or a click does that asks for nothing
            seen = {one: where for one, where in seen.items() if not self.scripted(one)}
        told = {
            one.removeprefix("plain "): where
            for one, where in seen.items()
            if not scripts or not one.startswith("plain ")
        }
        return {one: where for one, where in sorted(told.items()) if one not in self.done}

    def scripted(self, deed):
        """Whether it needs a script, or is nothing that a server hears of."""
        told = deed in self.live or f"script {deed}" in self.offered
        return (told and deed not in self.offered) or deed.startswith(("script ", "click "))

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        whole, answer = [await receive()], []
        while whole[-1].get("more_body"):
            whole.append(await receive())
        typed = b"".join(one.get("body", b"") for one in whole).decode()

        async def hear():
            return whole.pop(0) if whole else await receive()

        async def tell(message):
            answer.append(message.get("body", b""))
            await send(message)

        await self.app(scope, hear, tell)
        self.note(scope, typed, b"".join(answer).decode(errors="replace"))

    def note(self, scope, typed, answer):
        """Take down one request and what its answer offers."""
        place = self.place(scope["method"], scope["path"])
        query = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
        pairs = parse_qsl(typed, keep_blank_values=True)
        scripted = (b"hx-request", b"true") in scope["headers"]
        self.done.update({place, f"script {place}"} if scripted else {place})
        self.done.update(f"{button(place)} {one}" for one in map(pressed, pairs))
        self.done.update(f"choose {pressed(one)}" for one in pairs if chosen(one, dict(pairs)))
        if query and not scripted:
            self.done.add(f"search {place}")
        for deed in Offers(self, scope["path"]).read(answer):
            self.offered.setdefault(deed, scope["path"])

    def place(self, method, path):
        """The method and the path of the table that these lead to."""
        scope = {"type": "http", "method": method, "path": unquote(path)}
        full = (one.path for one in self.routes if one.matches(scope)[0] is Match.FULL)
        return f"{method} {next(full, path)}"


def button(place):
    """Where a button leads: a new mapping has the buttons of any."""
    return place.replace("/{connection}/new", "/{connection}/mappings/{mapping}")


def chosen(pair, pairs):
    """Whether a row was of another kind before."""
    name, value = pair
    return name.endswith(".subject") or pairs.get(re.sub("kind$", "was", name)) != value


def pressed(pair):
    """A name and a value, whatever row they are of."""
    name, value = pair
    return f"{NUMBERS.sub('', name)}={NUMBERS.sub('', value)[:40]}"


def named(form, given):
    """What a button of a form does that says which it is."""
    return f"{button(form)} {pressed((given['name'], given.get('value', '')))}"


class Offers(HTMLParser):
    """Reads a page for what can be done with it."""

    def __init__(self, inventory, path):
        super().__init__()
        self.inventory, self.path = inventory, path
        self.form, self.buttons, self.select = None, 0, ""
        self.found, self.plain = set(), False

    def read(self, text) -> Iterator[str]:
        self.feed(text)
        yield from self.found

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "disabled" in given:
            return
        for name in ("hx-get", "hx-post"):
            if name in given:
                self.script(self.place(name[3:], given[name]), given.get("hx-trigger", ""))
        begin = getattr(self, f"begin_{tag}", None)
        if begin:
            begin(given)

    def handle_endtag(self, tag):
        if tag == "form" and self.form:
            if not self.buttons:
                self.found.add(self.form)
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "noscript":
            self.plain = False

    def place(self, method, url):
        return self.inventory.place(method.upper(), urlsplit(url or self.path).path)

    def script(self, deed, trigger):
        """What a script asks for: because somebody did something, or by itself, then also of the same page."""
        if not trigger.startswith("every"):
            self.found.add(f"script {deed}")
        elif deed != self.place("get", self.path):
            self.inventory.live.add(deed)

    def begin_noscript(self, _):
        self.plain = True

    def begin_form(self, given):
        method, url = given.get("method", "get"), given.get("action")
        place = self.place(method, url)
        self.form, self.buttons = place if method == "post" else f"search {place}", 0

    def begin_button(self, given):
        if given.get("type", "submit") != "submit" or "aria-hidden" in given:
            known = [one for one in ("data-copy", "data-pause", "popovertarget") if one in given]
            self.found.update(f"click {one}" for one in known)
        else:
            form = self.place("post", self.path) if "form" in given else self.form
            if form and not form.startswith("search"):
                self.buttons += 1
                self.found.add(
                    "plain " * self.plain + (named(form, given) if "name" in given else form)
                )

    def begin_summary(self, _):
        self.found.add("click summary")

    def begin_select(self, given):
        self.select = given["name"] if "hx-post" in given else ""

    def begin_option(self, given):
        if re.fullmatch(r"[ft]\.\d+\.(kind|subject)", self.select):
            self.found.add(f"choose {pressed((self.select, given['value']))}")
