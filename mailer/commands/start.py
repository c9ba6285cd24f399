"""What commands begin with: Django, for those that need it, and who gives the command."""

import getpass
import os

_LONGEST_NAME = 200  # characters; the columns'


def ready() -> None:
    """Read the settings and load the models; calling it twice is harmless. Raises SettingError."""
    import django  # noqa: PLC0415 - half of a command's start, which help and usage errors need not wait for

    from mailer import logs  # noqa: PLC0415 - the same

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
    django.setup()
    logs.configure("command")


def whoami() -> str:
    """Return who gives the command: USER and its like, the account's name, or `uid 54321` for want of one."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no account
        name = ""
    # It is kept as evidence, and anybody can put anything into USER.
    return name if name.isprintable() and 0 < len(name) <= _LONGEST_NAME else f"uid {os.getuid()}"
