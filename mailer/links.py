"""The addresses in a letter that are one reader's own."""

from subscribers import tokens


class Links:
    """Makes a reader's links; two hashes each, since a million readers need two million of them."""

    def __init__(self, base_url: str) -> None:
        """Stand under `base_url`, without a slash at its end."""
        self._leave = f"{base_url}/u/"
        self._preferences = f"{base_url}/preferences/"

    def leave(self, subscription: int, delivery: int) -> str:
        """Return the one-click address (RFC 8058)."""
        return self._leave + tokens.make("leave", subscription, delivery)

    def preferences(self, subscription: int, delivery: int) -> str:
        """Return the page where the reader chooses their interests."""
        return self._preferences + tokens.make("preferences", subscription, delivery)
