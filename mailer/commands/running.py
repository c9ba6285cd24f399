"""Commands that run the product: all at once, or each part on its own, as production does."""

import os
import platform
import signal
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer

import mailer
from mailer import environment, privacy
from mailer.commands import start

SANDBOX_NOTICE = "The sandbox is the transport: nothing leaves this machine."
LOOPBACK = "127.0.0.1"

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(epilog="Example: mailer up --workers 4 --port 8080")(up)
    app.command(epilog="Example: mailer web --bind 0.0.0.0 --port 8000")(web)
    app.command(epilog="Example: mailer worker --poll --concurrency 4", context_settings=passed_on)(worker)
    app.command(epilog="Example: mailer scheduler")(scheduler)
    app.command(epilog="Example: mailer sandbox --faults 0.2 --seed 7  (rehearses a bad day)")(sandbox)
    app.command(epilog="Example: mailer migrate")(migrate)
    app.command(epilog="Example: mailer version --json")(version)


def up(
    workers: Annotated[int, typer.Option(min=1, help="How many processes send.")] = 2,
    port: Port = 8000,
) -> None:
    """Run web, worker and scheduler together, and whatever else is not set: broker and sandbox.

    What dies is started again; Ctrl-C or SIGTERM ends all.
    """
    from mailer.embedded.stack import Stack  # noqa: PLC0415 - every command would pay for it

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack = Stack(os.environ, workers=workers, port=port, output=sys.stderr)
    try:
        with stack:
            typer.echo(f"Ready at {stack.base_url}; Ctrl-C ends all.", err=True)
            if stack.sandboxed:
                typer.echo(f"{SANDBOX_NOTICE} What it took: {stack.sandbox_url}", err=True)
            stack.wait()
    except KeyboardInterrupt:
        raise typer.Exit from None


def web(
    port: Port = 8000,
    bind: Annotated[
        str, typer.Option(help="Address to listen on; keep the default behind a proxy on this host.")
    ] = LOOPBACK,
) -> None:
    """Serve the pages (gunicorn; WEB_CONCURRENCY sets how many processes)."""
    if environment.read(os.environ).sandboxed:
        typer.echo(SANDBOX_NOTICE, err=True)
    start.ready()  # what is wrong is said here, in a line, and not by each of gunicorn's processes
    host = f"[{bind}]" if ":" in bind else bind
    _become(
        *("gunicorn", "--bind", f"{host}:{port}", "--threads", "8", "--worker-connections", "512"),
        # Slow clients hold no thread; and no header of theirs may rename the address (as SCRIPT_NAME does).
        *("--worker-class", "mailer.web.patience.PatientWorker", "--forwarder-headers", ""),
        # Addresses of pages hold readers' tokens: no access log, ever.
        *("--log-level", "warning", "--graceful-timeout", "10", "--no-control-socket"),
        "mailer.web.wsgi:application",
    )


def worker(
    context: typer.Context,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look for work in the rows, without Celery, broker and scheduler.")
    ] = False,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", "-c", min=1, help="How many processes; else one a core.")
    ] = None,
) -> None:
    """Do the work: prepare sends, deliver batches, apply events (`celery -A worker worker`).

    Every option of Celery's own command may follow, but not with --poll.
    """
    environment.read(os.environ)
    if poll:
        if context.args:
            raise typer.BadParameter(f"--poll takes --concurrency alone, not {' '.join(context.args)}")
        _poll(concurrency or os.cpu_count() or 1)
        return
    given = () if concurrency is None else ("--concurrency", str(concurrency))
    # Neighbours need not know of each other: what is to do stands in the rows.
    _become(
        *("celery", "--quiet", "-A", "worker", "worker", "--without-gossip", "--without-mingle"),
        *(*given, *context.args),
    )


def _poll(count: int) -> None:
    from mailer import crew, logs  # noqa: PLC0415 - every command would pay for it

    start.ready()  # what is wrong is said here, in a line, and not by each process
    from mailer.models import Send  # noqa: PLC0415 - models want Django ready

    Send.objects.exists()
    logs.configure("worker")
    crew.keep(count)


def scheduler() -> None:
    """Ring for whatever is due; run exactly one (`celery -A worker beat`)."""
    privacy.data_folder(environment.read(os.environ).data_dir)
    _become("celery", "--quiet", "-A", "worker", "beat")


def sandbox(
    port: Port = 8026,
    seed: Annotated[str, typer.Option(help="The same seed, the same fate for each letter.")] = "1",
    pace: Annotated[float, typer.Option(min=1, help="How many times faster than life.")] = 57_600,
    faults: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Share of requests that go wrong: rate limits, and 5xx, resets and silence, which leave"
            " readers in doubt; the webhook then loses, doubles, delays and forges events too.",
        ),
    ] = 0,
    uneventful: Annotated[
        bool, typer.Option("--uneventful", help="Letters are delivered, and nothing more comes of them.")
    ] = False,
) -> None:
    """Run the stand-in for SendGrid: its API, its signed events, and an inbox to look into."""
    from mailer.sandbox.application import serve  # noqa: PLC0415 - its web server is wanted here alone
    from mailer.sandbox.misbehaving import Misbehaviour, bad_day  # noqa: PLC0415 - the same

    configuration = environment.read(os.environ)
    privacy.data_folder(configuration.data_dir)
    typer.echo(f"The sandbox is at http://{LOOPBACK}:{port}; nothing leaves this machine.", err=True)
    if faults:
        typer.echo(f"A bad day: {faults:.0%} of requests go wrong, and events with them.", err=True)
    serve(
        host=LOOPBACK,
        port=port,
        folder=configuration.data_dir / "sandbox",
        webhook_url=f"{configuration.base_url}/webhooks/sendgrid",
        seed=seed,
        pace=pace,
        uneventful=uneventful,
        faults=bad_day(seed, faults) if faults else Misbehaviour(),
    )


def migrate() -> None:
    """Bring the database up to date; do it before the parts of a new version start."""
    from django.core.management import call_command  # noqa: PLC0415 - every command would pay for it

    data_dir = environment.read(os.environ).data_dir
    privacy.data_folder(data_dir)
    start.ready()
    os.umask(0o077)  # for a database that is made now, wherever it is
    privacy.private_database(data_dir / "mailer.sqlite3")
    call_command("migrate", interactive=False)


def version(
    as_json: Annotated[bool, typer.Option("--json", help="Print it for scripts.")] = False,
) -> None:
    """Say which version this is, and what it runs on."""
    configuration = environment.read(os.environ)
    facts = {
        "version": mailer.__version__,
        "python": platform.python_version(),
        "django": version_of("django"),
        "celery": version_of("celery"),
        "database": configuration.database_url.partition("://")[0] or "sqlite",
        "transport": "sandbox"
        if configuration.sandboxed
        else "smtp"
        if configuration.smtp.relay
        else "sendgrid",
    }
    if as_json:
        typer.echo(orjson.dumps(facts))
        return
    typer.echo(f"mailer {facts['version']} (Python {facts['python']}, Django {facts['django']})")
    typer.echo(f"database: {facts['database']}; transport: {facts['transport']}")
    if configuration.sandboxed:
        typer.echo(SANDBOX_NOTICE)


def _become(*command: str) -> NoReturn:
    """Turn this process into another program of the same environment."""
    module, *words = command
    python = Path(sys.executable)
    os.execv(python, [str(python), "-m", module, *words])  # noqa: S606 - no shell, our own interpreter
