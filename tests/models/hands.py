"""Two ways through a page: by keyboard alone, and in a browser that runs no script."""

from playwright.sync_api import expect


STOPS = """(wanted) => {
  const usable = one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(one =>
    usable(one) && (one.type !== "radio" || one.checked || one === wanted))
  const here = document.activeElement
  const before = one => one.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING
  const from = stops.includes(here) ? stops.indexOf(here) : here === document.body ? -1 : stops.filter(before).length - 0.5
  const steps = stops.indexOf(wanted) - from
  return steps < 0 ? Math.floor(steps) : Math.ceil(steps)
}"""
SEEN = """wanted => {
  const lit = one => getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2
  const around = [...document.querySelectorAll(":has(:focus-visible)")]
  return document.activeElement === wanted && [wanted, ...around].some(lit)
}"""
FOLLOWED = """() => [...document.querySelectorAll("#mapping select[name$='.kind']")].every(one =>
  document.getElementsByName(one.name.replace(/kind$/, "was"))[0].value === one.value)"""
HERE = "document.activeElement.outerHTML.slice(0, 200)"
CLICKS = """addEventListener("click", event => {
  const one = event.target.closest("button, summary, a, input, label")
  const known = ["data-copy", "data-pause", "popovertarget"].filter(name => one?.hasAttribute(name))
  if (one?.matches("summary")) known.push("summary")
  pressed({mouse: event.detail > 0, known: known.map(name => `click ${name}`)})
}, true)"""


class Keyboard:
    """Whoever has no mouse. Where the focus is must be seen, and it must not be lost."""

    scripts = True

    def __init__(self, page, inventory):
        self.page, self.mice = page, 0
        page.expose_binding("pressed", lambda _, click: self._pressed(inventory, click))
        page.add_init_script(CLICKS)

    def _pressed(self, inventory, click):
        self.mice += click["mouse"]
        inventory.done.update(click["known"])

    def reach(self, target):
        """Go there by Tab, or back by Shift and Tab."""
        expect(target).to_be_visible()
        for _ in range(12):
            steps = target.evaluate(STOPS)
            if steps == 0:
                break
            for _ in range(min(abs(steps), 150)):
                self.page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
        seen = any(target.evaluate(SEEN) for _ in range(5))  # it may come anew at this moment
        assert seen, f"the focus is at {self.page.evaluate(HERE)}, not in sight at {target}"

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def tick(self, target):
        self.reach(target)
        self.page.keyboard.press("Space")

    def fill(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def enter(self, target, text):
        """Type, and send the form by Enter."""
        self.fill(target, text)
        self.page.keyboard.press("Enter")

    def choose(self, target, label):
        """Type the words of an option, as one does in a list; where that is not enough, go down to it."""
        self.reach(target)
        self.page.keyboard.type(label)
        for _ in range(target.locator("option").count()):
            if target.locator("option:checked").inner_text() == label:
                break
            self.page.keyboard.press("ArrowDown")
        expect(target.locator("option:checked")).to_have_text(label)

    def turn(self, group, label):
        """Go to another of a group of radio buttons."""
        self.reach(group.locator("input:checked"))
        for _ in range(group.locator("input").count()):
            if group.get_by_label(label).is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        expect(group.get_by_label(label)).to_be_checked()

    def last(self, target, label):
        """Choose, and wait until the form was asked for."""
        with self.page.expect_response("**/rows"):
            self.choose(target, label)

    def look(self):
        """Wait for the form, which follows by itself."""
        self.page.wait_for_function(FOLLOWED)

    def focused(self):
        """What has the focus now."""
        return self.page.locator(":focus")


class Plain:
    """Whoever's browser runs no script."""

    scripts = False

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    tick = press

    def fill(self, target, text):
        target.fill(text)

    def enter(self, target, text):
        target.fill(text)
        target.press("Enter")

    def choose(self, target, label):
        target.select_option(label=label)

    last = choose

    def turn(self, group, label):
        group.get_by_label(label).check()

    def look(self):
        self.page.locator("#mapping noscript button").click()

    def focused(self):
        return self.page.locator(":focus")
