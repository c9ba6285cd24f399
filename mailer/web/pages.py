"""The Jinja2 environment of every page."""

from jinja2 import Environment, StrictUndefined


def environment(**options: object) -> Environment:
    """Return an environment that escapes everything and knows no undefined name."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(**options)  # type: ignore[arg-type]  # noqa: S701 - Django's own options; autoescape is set above
