"""``make screenshots``: every page of the console, over four days of a boat charter.

Each is taken light and dark, on a desktop and on a phone, into ``screens``; the best are also put
where the README shows them from. The same pictures come every time, but for the fonts that are
installed. Needs Debian's Chromium.
"""

import asyncio
import base64
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import charter
from playwright.sync_api import BrowserContext, Page, sync_playwright
from server import served


HERE = Path(__file__).parent
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "screens"
SHOWN = ROOT / ".github" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"]
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
SCHEMES = ("light", "dark")
BEST = {
    "overview-desktop-light": "console-overview",
    "mapping-desktop-light": "console-mapping",
    "delivery-desktop-light": "console-delivery",
    "connections-desktop-dark": "console-connections-dark",
    "events-desktop-dark": "console-events-dark",
    "mapping-phone-light": "console-mapping-phone",
}


@contextmanager
def console() -> Iterator[str]:
    """The address of a console over the charter."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(charter.tell(folder))
        with served(charter.console(folder)) as address:
            yield address


def shoot(context: BrowserContext, page: Page, form: str, most: int) -> bytes:
    """A picture of a whole page, but of no more than so many pixels of it from the top."""
    height = min(page.evaluate("document.documentElement.scrollHeight"), most)
    page.set_viewport_size({**page.viewport_size, "height": height})
    asked = {"format": form, **({"quality": 86} if form == "webp" else {})}
    said = context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    return base64.b64decode(said["data"])


def main() -> None:
    parser = ArgumentParser(description="Pictures of the console's pages.")
    parser.add_argument("names", nargs="*", help="those that begin with this; else all")
    parser.add_argument("--into", type=Path, default=FOLDER)
    parser.add_argument("--form", choices=["webp", "png"], default="webp")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with console() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        known = charter.pages(browser.new_page(), address)
        for (size, (width, height)), scheme in product(SIZES.items(), SCHEMES):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale="en-GB",
                timezone_id="Europe/Paris",
                reduced_motion="reduce",
                has_touch=size == "phone",
                is_mobile=size == "phone",
            )
            page = context.new_page()
            page.clock.set_fixed_time(charter.NOW)
            for name, path in known.items():
                full = f"{name}-{size}-{scheme}"
                if options.names and not full.startswith(tuple(options.names)):
                    continue
                page.set_viewport_size({"width": width, "height": height})
                page.goto(f"{address}{path}", wait_until="load")
                picture = shoot(context, page, options.form, 2600)
                (options.into / f"{full}.{options.form}").write_bytes(picture)
                if full in BEST and options.form == "webp":
                    (SHOWN / f"{BEST[full]}.webp").write_bytes(shoot(context, page, "webp", 1240))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
