"""Secrets that an installation makes for itself where nobody set them."""

import os
import secrets
from pathlib import Path

from mailer import privacy
from mailer.environment import SettingError


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made there (mode 600) by whoever asks first.

    Written beside and linked into place: two processes that start together agree on one secret,
    and none ever reads half of it. Raises SettingError if it cannot be made or is empty.
    """
    try:
        if not path.exists():
            _make(path)
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.__class__.__name__
        raise SettingError(
            [f"{path} cannot be used ({reason}): give MAILER_DATA_DIR a directory of its own"]
        ) from error
    if not secret:
        raise SettingError([f"{path} is empty: put the secret it held back, or remove it for a new one"])
    return secret


def _make(path: Path) -> None:
    privacy.data_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its secret counts
    finally:
        draft.unlink()
