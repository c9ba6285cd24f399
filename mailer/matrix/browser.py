"""A browser of this machine that shows one page: it fetches nothing, and runs no script."""

import base64
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.matrix.devtools import BrowserError, Wire

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ANSWERS_WITHIN = 60.0  # seconds
# A picture is never taller: an image of more pixels than a browser's own surface may repeat itself.
TALLEST = 16_000  # CSS pixels

# Settings of ours hold secrets, which are no business of a browser.
_OURS = ("MAILER_", "SENDGRID_", "SMTP_", "DATABASE_URL", "REDIS_URL")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--lang=en",
    "--no-default-browser-check",
    "--no-first-run",
)
_OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}


def find(environ: Mapping[str, str]) -> str | None:
    """Return the browser of this machine: what MAILER_CHROMIUM names, else the first there is on PATH."""
    asked = environ.get("MAILER_CHROMIUM", "")
    return shutil.which(asked) if asked else next(filter(None, map(shutil.which, BROWSERS)), None)


class Browser:
    """A running browser; its page is blank until it is given one."""

    def __init__(self, program: str, *, answers_within: float = ANSWERS_WITHIN) -> None:
        """Start `program`. Raises BrowserError."""
        # Root has no sandbox, nor has anybody in some containers, where no browser starts without this.
        ways: list[list[str]] = [["--no-sandbox"]] if os.geteuid() == 0 else [[], ["--no-sandbox"]]
        while True:
            try:
                self._start([program, *_FLAGS, *ways.pop(0)], answers_within)
            except BrowserError:
                if not ways:
                    raise
            else:
                return

    def __enter__(self) -> Self:
        """Return the browser."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and remove what it wrote."""
        self.close()

    def load(self, html: str) -> None:
        """Show this page. Raises BrowserError."""
        self._wire.ask("Page.setDocumentContent", self._session, frameId=self._frame, html=html)

    def look(self, width: int, scheme: str) -> None:
        """Give the page a width, in CSS pixels, and colours, light or dark. Raises BrowserError."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self._wire.ask("Emulation.setDeviceMetricsOverride", self._session, **size)
        preferred = {"name": "prefers-color-scheme", "value": scheme}
        self._wire.ask("Emulation.setEmulatedMedia", self._session, media="screen", features=[preferred])

    def picture(self, width: int, *, height: int | None = None, scale: float = 1.0) -> bytes:
        """Return what is to be seen as PNG: `height` CSS pixels of it, or all. Raises BrowserError."""
        whole = self._wire.ask("Page.getLayoutMetrics", self._session)["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": height or min(whole, TALLEST), "scale": scale}
        shot = self._wire.ask(
            "Page.captureScreenshot",
            self._session,
            format="png",
            optimizeForSpeed=True,  # half the time, for a fifth more of bytes
            captureBeyondViewport=True,
            clip=clip,
        )
        return base64.b64decode(shot["data"])

    def close(self) -> None:
        """End the browser, and remove what it wrote."""
        self._wire.close()
        self._folder.cleanup()

    def _start(self, command: list[str], answers_within: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mailer-browser-", ignore_cleanup_errors=True)
        home = Path(self._folder.name)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        self._wire = Wire(
            [*command, f"--user-data-dir={home / 'profile'}", "about:blank"],
            environ=environ | {"HOME": str(home)},
            answers_within=answers_within,
        )
        try:
            page = self._wire.ask("Target.createTarget", url="about:blank")["targetId"]
            attached = self._wire.ask("Target.attachToTarget", targetId=page, flatten=True)
            self._session: str = attached["sessionId"]
            self._wire.ask("Emulation.setScriptExecutionDisabled", self._session, value=True)
            self._wire.ask("Network.enable", self._session)
            self._wire.ask("Network.emulateNetworkConditions", self._session, **_OFFLINE)
            tree = self._wire.ask("Page.getFrameTree", self._session)
            self._frame: str = tree["frameTree"]["frame"]["id"]
        except BrowserError:
            self.close()
            raise
