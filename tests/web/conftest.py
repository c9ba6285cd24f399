"""Pages for readers, in a real browser too."""

from tests.browsing import browser, launched  # noqa: F401 - fixtures are found by their names
