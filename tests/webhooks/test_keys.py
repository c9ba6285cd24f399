"""A key of the settings that is none: which, and where to copy it from."""

import base64

import pytest

from mailer.webhooks.keys import WebhookKeyError, load_keys
from tests.vector import VECTOR_KEY


@pytest.mark.parametrize("text", ["", "not a key", "MFkw", base64.b64encode(b"junk").decode()])
def test_a_key_that_is_none_is_named_by_its_place(text: str) -> None:
    with pytest.raises(WebhookKeyError, match="key 2"):
        load_keys([VECTOR_KEY, text])
