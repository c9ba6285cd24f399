"""What cannot be done to a user, in one line that says what to do."""

from subscribers.errors import SubscribersError


class AccountError(SubscribersError):
    """What was asked of a user cannot be done."""


class NoSuchUserError(AccountError):
    """Nobody signs in with this address."""

    def __init__(self, address: str) -> None:
        """Keep the address as a stranger may see it."""
        self.address = address
        super().__init__(f"Nobody signs in as {address}: `mailer users ls` shows who does")
