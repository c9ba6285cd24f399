"""Make Django ready, for the commands that need it and no others."""

import os


def ready() -> None:
    """Read the settings and load the models; calling it twice is harmless. Raises SettingError."""
    import django  # noqa: PLC0415 - half of a command's start, which help and usage errors need not wait for

    from mailer import logs  # noqa: PLC0415 - the same

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
    django.setup()
    logs.configure("command")
