"""`mailer` and `python -m mailer`."""


def main() -> None:
    """Run the command line."""
