"""Who plays in these tests: a product that listens to the webhook, and what makes the others."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sendgrid import SendGridAPIClient

from mailer.sandbox.application import Sandbox

# Makers: of a sound body, of a sandbox at work in the test's folder, of the official client.
Letter = Callable[..., dict[str, Any]]
Start = Callable[..., Sandbox]
Client = Callable[..., SendGridAPIClient]

PATIENCE = 20.0  # seconds until a fact that does not come is a failure


@dataclass
class Posted:
    """One POST as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Product:
    """The other side: takes what is posted and answers with `status`."""

    status: int = 200
    posts: list[Posted] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def answer(self, post: Posted) -> int:
        with self.changed:
            self.posts.append(post)
            self.changed.notify_all()
            return self.status

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the events that were taken, of one kind or all."""
        arrays = [json.loads(post.body) for post in self.posts if post.path == "/webhook"]
        return [event for array in arrays for event in array if kind in ("", event["event"])]

    def wait(self, fact: Callable[[], object]) -> None:
        """Return once `fact` holds; looked at after each post."""
        with self.changed:
            assert self.changed.wait_for(fact, PATIENCE), f"not within {PATIENCE} s; posts: {len(self.posts)}"
