"""What stands against a page as a browser shows it: what axe finds, and that it is wider than its screen."""

from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

VIOLATIONS: dict[str, Any] = {"resultTypes": ["violations"]}
# What a page is looked at on. What fits the narrowest in one scheme fits it in both.
SCREENS = ((1280, "light"), (1280, "dark"), (375, "light"), (375, "dark"), (320, "light"))
# Below this, colours are those of a wider screen in the same scheme, where they are looked at: that takes
# three times as long as all else.
NARROW = 375  # CSS pixels
BUT_COLOURS = VIOLATIONS | {"rules": {"color-contrast": {"enabled": False}}}


# What some browsers say when axe speaks to a letter in its frame, which hears nobody.
UNHEARD = "Failed to execute 'postMessage' on 'DOMWindow'"


def problems(page: Page, *, but: Collection[str] = ()) -> list[str]:
    """Return what stands against a page, a line each; `but` are axe's rules that are none of its kind."""
    screen = page.viewport_size
    narrow = screen is not None and screen["width"] < NARROW
    broken = Axe().run(page, options=BUT_COLOURS if narrow else VIOLATIONS).response["violations"]
    found = [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in broken if rule["id"] not in but]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"scrolls sideways by {wider} px"] if wider > 0 else [])
