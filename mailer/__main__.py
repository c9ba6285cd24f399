"""`mailer` and `python -m mailer`."""

import sys

from mailer.commands import run


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
