"""Logs for machines that never hold a person: one JSON object a line, readable lines on a terminal.

Nothing in this product writes an address or a token to a log. This is the second lock on that door: whatever
looks like one is struck out, in tracebacks and other libraries' lines too.
"""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping, Sequence

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# The part before the @ is bounded, so that a long text without one is not searched again from each letter.
_ADDRESS = re.compile(r"[^\s@<>()\",;\[\]\\]{1,256}(?:@|%40)(?:[\w-]+\.)+[\w-]+", re.IGNORECASE)
# Folders are called so too: there only what is as long as half a token counts.
_LINK = re.compile(
    r"(?<=/)((?:u|preferences)/|(?:confirm|undo|why|data|forget|address|move|o|c)/(?=[\w-]{22}))[\w-]+"
)
_KEY = re.compile(r"\b(Bearer\s+)\S+|\bSG\.[\w-]{6,}\.[\w-]{6,}", re.IGNORECASE)


def configure(component: str) -> None:
    """Send everything that is logged in this process to stderr, marked with `component`; call it once."""
    readable = sys.stderr.isatty()

    def mark(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"component": component, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        mark,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact,
            structlog.dev.ConsoleRenderer(colors=readable)
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.root.handlers = [handler]
    # A command says what it did itself; on its stderr stands only what went wrong.
    logging.root.setLevel(logging.ERROR if component == "command" else logging.INFO)
    # At DEBUG it prints the key and every payload.
    logging.getLogger("python_http_client.client").setLevel(logging.WARNING)
    # Each ring and each sweep, received and done: the rows tell what came of it.
    for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # 404 and 405 are a reader's business; their lines would hold nothing but a path.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # A wrong Host or too large a body: mailer.web.errors says so in a line, without host, path and traceback.
    logging.getLogger("django.security").setLevel(logging.CRITICAL)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Strike out whatever looks like an address, a link's token or a key, wherever it stands."""
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _struck_out(value)
        case Mapping():
            return {_struck_out(str(name)): _clean(item) for name, item in value.items()}
        case bytes():
            return _struck_out(value.decode(errors="replace"))
        case Sequence() | set() | frozenset():
            return [_clean(item) for item in value]
        case _:
            return _struck_out(str(value))


def _struck_out(text: str) -> str:
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub("[address]", text)
    text = _LINK.sub(r"\1[token]", text)
    return _KEY.sub(lambda found: f"{found[1] or ''}[key]", text)
