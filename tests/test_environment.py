"""The environment: sound by default, and each wrong setting one clear line."""

import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailer.environment import Configuration, SettingError, read
from mailer.rates import Rates
from mailer.transports.relay import Dkim, Relay, Tls

SOUND_KEYS = {"MAILER_HASH_KEY": "h" * 32, "MAILER_SECRET_KEY": "s" * 32}
# A key as SendGrid shows it: base64 of a DER SubjectPublicKeyInfo on P-256.
WEBHOOK_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8"
    "eNEc6wEA3F+g=="
)
PRODUCTION = SOUND_KEYS | {
    "DATABASE_URL": "postgresql://mailer@db/mailer",
    "REDIS_URL": "rediss://broker:6379/0",
    "SENDGRID_API_KEY": "SG.key",
    "SENDGRID_WEBHOOK_KEYS": f"{WEBHOOK_KEY}, {WEBHOOK_KEY}",
    "MAILER_BASE_URL": "https://news.example.org/",
}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingError) as caught:
        read(environ)
    assert str(caught.value) == "; ".join(caught.value.problems)
    assert not [line for line in caught.value.problems if "\n" in line]
    return caught.value.problems


def test_nothing_set_is_a_laptop_where_nothing_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    laptop = read({})
    assert laptop.data_dir == tmp_path / "data"
    assert (laptop.database_url, laptop.redis_url) == ("", "")
    assert laptop.sandboxed
    assert laptop.transport_url == laptop.sandbox_url == "http://127.0.0.1:8026"
    assert laptop.base_url == "http://127.0.0.1:8000"
    assert astuple(laptop.timings) == (15, 60, 60, 1800, 86_400, 21_600)
    assert laptop.rates == Rates()


def test_three_variables_make_it_production() -> None:
    production = read(PRODUCTION)
    assert not production.sandboxed
    assert production.transport_url == "https://api.sendgrid.com"
    assert production.sendgrid_webhook_keys == (WEBHOOK_KEY, WEBHOOK_KEY)
    assert production.base_url == "https://news.example.org"


def test_the_european_host_is_one_setting() -> None:
    european = read(PRODUCTION | {"SENDGRID_API_URL": "https://api.eu.sendgrid.com/"})
    assert european.transport_url == "https://api.eu.sendgrid.com"


def test_a_relay_instead_of_sendgrid_is_production_too() -> None:
    by_smtp = {name: value for name, value in PRODUCTION.items() if not name.startswith("SENDGRID")}
    production = read(
        by_smtp
        | {"SMTP_URL": "smtp://user:word@mail.example", "MAILER_BOUNCE_ADDRESS": " bounces@b.news.example "}
    )
    assert not production.sandboxed
    assert production.smtp.relay == Relay("mail.example", 587, Tls.STARTTLS, "user", "word")
    assert production.smtp.bounce_address == "bounces@b.news.example"
    assert production.smtp.dkim is None


def test_one_way_out_has_to_be_chosen() -> None:
    assert problems(PRODUCTION | {"SMTP_URL": "smtp://mail.example"}) == [
        "SMTP_URL and SENDGRID_API_KEY are both set: choose one, and unset the other"
    ]


def test_letters_are_signed_where_a_key_is_given(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "dkim.pem"
    file.write_bytes(key)
    named = {"MAILER_DKIM_DOMAIN": "news.example", "MAILER_DKIM_SELECTOR": "s1"}
    dkim = read(named | {"MAILER_DKIM_KEY_FILE": str(file)}).smtp.dkim
    assert dkim == Dkim("news.example", "s1", key.decode().strip())
    assert read(named | {"MAILER_DKIM_KEY": key.decode()}).smtp.dkim == dkim


@pytest.mark.parametrize(
    ("environ", "lines"),
    [
        (
            {"MAILER_DKIM_DOMAIN": "news.example", "MAILER_DKIM_SELECTOR": "s1"},
            ["MAILER_DKIM_KEY is missing: a private RSA key in PEM form, or MAILER_DKIM_KEY_FILE"],
        ),
        (
            {"MAILER_DKIM_KEY": "hunter2", "MAILER_DKIM_DOMAIN": "news example"},
            [
                "MAILER_DKIM_DOMAIN must be set beside MAILER_DKIM_KEY: letters, digits, dots and dashes",
                "MAILER_DKIM_SELECTOR must be set beside MAILER_DKIM_KEY: letters, digits, dots and dashes",
                "MAILER_DKIM_KEY is no private key in PEM form without a password",
            ],
        ),
    ],
)
def test_half_a_signature_is_said_in_lines(environ: dict[str, str], lines: list[str]) -> None:
    assert problems(environ) == lines


def test_empty_and_blank_values_are_values_left_out() -> None:
    blank = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SENDGRID_API_KEY"), "  ")
    emptied = dict.fromkeys(
        ("MAILER_BASE_URL", "MAILER_DATA_DIR", "MAILER_SANDBOX_URL", "SENDGRID_API_URL"), ""
    )
    assert read(blank | emptied) == read({})


def test_the_token_of_those_who_watch_is_a_secret_like_any_other(tmp_path: Path) -> None:
    assert read({}).metrics_token == ""
    assert problems({"MAILER_METRICS_TOKEN": "short"}) == [
        "MAILER_METRICS_TOKEN has 5 characters: write at least 32 random ones"
    ]
    file = tmp_path / "metrics-token"
    file.write_text("t" * 40 + "\n", encoding="utf-8")
    told = read({"MAILER_METRICS_TOKEN_FILE": str(file)})
    assert told.metrics_token == "t" * 40
    assert "t" * 40 not in repr(told)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hash-key"
    file.write_text("h" * 40 + "\n", encoding="utf-8")
    assert read({"MAILER_HASH_KEY_FILE": str(file)}).hash_key == "h" * 40


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "SENDGRID_API_KEY", "SMTP_URL", "MAILER_OLD_SECRET_KEYS"]
)
def test_every_secret_has_its_file(name: str, tmp_path: Path) -> None:
    value = {
        "DATABASE_URL": "sqlite:////data/db",
        "REDIS_URL": "redis://:word@broker",
        "SMTP_URL": "smtp://user:word@mail.example",
    }.get(name, "k" * 40)
    file = tmp_path / name
    file.write_text(value, encoding="utf-8")
    extra = {"SENDGRID_WEBHOOK_KEYS": WEBHOOK_KEY} | SOUND_KEYS
    assert read(extra | {f"{name}_FILE": str(file)}) == read(extra | {name: value})


def test_a_secret_set_outright_goes_before_its_file(tmp_path: Path) -> None:
    assert read({"MAILER_HASH_KEY": "h" * 32, "MAILER_HASH_KEY_FILE": str(tmp_path / "none")}).hash_key


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    assert problems({"SENDGRID_WEBHOOK_KEYS_FILE": str(tmp_path / "none"), "SENDGRID_API_KEY": "k"}) == [
        f"SENDGRID_WEBHOOK_KEYS_FILE cannot be read (FileNotFoundError): {tmp_path / 'none'}"
    ]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    (line,) = problems({"MAILER_HASH_KEY_FILE": str(tmp_path / "key")})
    assert line.startswith("MAILER_HASH_KEY_FILE cannot be read (UnicodeDecodeError)")


def test_a_file_that_is_empty_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    (line,) = problems({"MAILER_HASH_KEY_FILE": str(tmp_path / "key")})
    assert line.startswith("MAILER_HASH_KEY_FILE is empty")


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"DATABASE_URL": "mysql://db/mailer"},
            "DATABASE_URL must be an address that begins with one of sqlite://, postgresql://",
        ),
        ({"DATABASE_URL": "postgresql:db"}, "DATABASE_URL must be an address that begins with one of"),
        ({"DATABASE_URL": "postgresql://db:port/mailer"}, "DATABASE_URL must be an address that begins"),
        ({"REDIS_URL": "amqp://broker"}, "REDIS_URL must be an address that begins with one of redis://"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must be an address that begins with one of redis://"),
        ({"MAILER_BASE_URL": "news.example.org"}, "MAILER_BASE_URL must be an http or https address"),
        ({"MAILER_BASE_URL": "http://[::1"}, "MAILER_BASE_URL must be an http or https address"),
        ({"MAILER_BASE_URL": "http://news:port"}, "MAILER_BASE_URL must be an http or https address"),
        ({"SENDGRID_API_URL": "ftp://x"}, "SENDGRID_API_URL must be an http or https address"),
        ({"MAILER_SANDBOX_URL": "http://"}, "MAILER_SANDBOX_URL must be an http or https address"),
        ({"MAILER_HASH_KEY": "short"}, "MAILER_HASH_KEY has 5 characters: write at least 32"),
        ({"MAILER_SECRET_KEY": "short"}, "MAILER_SECRET_KEY has 5 characters: write at least 32"),
        ({"SENDGRID_API_KEY": "SG.key"}, "SENDGRID_WEBHOOK_KEYS is missing"),
        ({"REDIS_URL": "unix:///run/redis"}, "REDIS_URL must be an address that begins with one of redis://"),
        (
            {"SMTP_URL": "mail:25"},
            "SMTP_URL is no address of a mail server: write it as smtp://user:password@host",
        ),
        (
            {"MAILER_BOUNCE_ADDRESS": "bounces"},
            "MAILER_BOUNCE_ADDRESS must be an address whose name has at most",
        ),
        (
            {"MAILER_BOUNCE_ADDRESS": f"{'b' * 31}@x.example"},
            "MAILER_BOUNCE_ADDRESS must be an address whose",
        ),
        ({"MAILER_BOUNCE_ADDRESS": "b+c@x.example"}, "MAILER_BOUNCE_ADDRESS must be an address whose"),
        ({"MAILER_SWEEP": "soon"}, "MAILER_SWEEP must be a number of seconds from 0.1 to 86400, not 'soon'"),
        ({"MAILER_LEASE": "0"}, "MAILER_LEASE must be a number of seconds from 0.1 to 86400, not '0'"),
        ({"MAILER_LEASE": "-1"}, "MAILER_LEASE must be a number of seconds from 0.1 to 86400, not '-1'"),
        ({"MAILER_LEASE": "nan"}, "MAILER_LEASE must be a number of seconds from 0.1 to 86400, not 'nan'"),
        ({"MAILER_LEASE": "inf"}, "MAILER_LEASE must be a number of seconds from 0.1 to 86400, not 'inf'"),
        ({"MAILER_SWEEP": "0.0000001"}, "MAILER_SWEEP must be a number of seconds from 0.1 to 86400"),
        ({"MAILER_SWEEP": "86401"}, "MAILER_SWEEP must be a number of seconds from 0.1 to 86400"),
        (
            {"MAILER_USEFUL_LIFE": "1e300"},
            "MAILER_USEFUL_LIFE must be a number of seconds from 0.1 to 315360000",
        ),
        (
            {"MAILER_MISSED_AFTER": "1e9"},
            "MAILER_MISSED_AFTER must be a number of seconds from 0.1 to 315360000",
        ),
        ({"MAILER_PACE": "fast"}, "MAILER_PACE must be a number of messages a second"),
        (
            {"MAILER_PACE_PER_HOUR": "warm-up soon"},
            "MAILER_PACE_PER_HOUR must be a number of messages an hour",
        ),
        ({"MAILER_PACE_DOMAINS": "gmail.com"}, "MAILER_PACE_DOMAINS must be domains with what each may get"),
        ({"MAILER_UNKNOWN_WAIT": "120"}, "MAILER_UNKNOWN_WAIT must be longer than MAILER_LEASE and"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(environ: dict[str, str], line: str) -> None:
    (found,) = problems(SOUND_KEYS | environ)
    assert found.startswith(line)


@pytest.mark.parametrize("name", ["MAILER_BASE_URL", "SENDGRID_API_URL", "MAILER_SANDBOX_URL"])
@pytest.mark.parametrize(
    "value",
    [
        "http://a/b?c",
        "http://a/?",
        "http://a/b#d",
        "http://a#",
        "http://reader:word@a",
        "http://@a",
        "http://a b/",
        "http://a/b c",
        "http://a/\nb",
        "http://a/<b>",
        "http://a\\b",
        "http://ä.example",
    ],
)
def test_an_address_is_host_port_and_path_alone(name: str, value: str) -> None:
    (line,) = problems({name: value})
    assert line.startswith(f"{name} must be an http or https address of host, port and path alone")


@pytest.mark.parametrize(
    "value", ["https://news.example.org/letters", "http://[::1]:8000", " http://a_b:80/~x/ "]
)
def test_an_address_of_host_port_and_path_is_taken(value: str) -> None:
    assert read({"MAILER_BASE_URL": value}).base_url == value.strip().rstrip("/")


def test_each_webhook_key_that_is_none_is_one_line_with_its_place() -> None:
    garbage = PRODUCTION | {"SENDGRID_WEBHOOK_KEYS": f"garbage {WEBHOOK_KEY} {WEBHOOK_KEY[:-8]}"}
    first, third = problems(garbage)
    assert first.startswith("SENDGRID_WEBHOOK_KEYS: key 1 is no public key; copy the verification key")
    assert third.startswith("SENDGRID_WEBHOOK_KEYS: key 3 is no public key")


def test_cryptography_is_loaded_only_where_there_are_keys_to_check() -> None:
    asked = "import sys; from mailer.environment import read; read({}); print('cryptography' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_an_installation_on_a_shared_database_needs_shared_keys() -> None:
    assert [line.split()[0] for line in problems({"DATABASE_URL": "postgresql://db/mailer"})] == [
        "MAILER_HASH_KEY",
        "MAILER_SECRET_KEY",
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {"DATABASE_URL": "x", "REDIS_URL": "y", "MAILER_SWEEP": "z"}
    assert len(problems(SOUND_KEYS | wrong)) == 3


def test_timings_can_be_shortened() -> None:
    timings = read({"MAILER_SWEEP": "0.5", "MAILER_LEASE": "1", "MAILER_UNKNOWN_WAIT": "62"}).timings
    assert (timings.sweep, timings.lease, timings.unknown_wait) == (0.5, 1, 62)


def test_the_pace_is_read_with_the_rest() -> None:
    paced = read(
        {
            "MAILER_PACE": "50",
            "MAILER_PACE_PER_HOUR": "20000",
            "MAILER_PACE_DOMAINS": "gmail.com=7200/h",
        }
    )
    assert paced.rates == Rates(per_second=50, per_hour=20_000, domains=(("gmail.com", 2),))


def test_no_secret_is_shown_with_the_configuration() -> None:
    secret: Configuration = read(
        PRODUCTION
        | {
            "DATABASE_URL": "postgresql://mailer:hunter2@db/mailer",
            "REDIS_URL": "redis://:hunter2@broker",
            "SENDGRID_API_KEY": "SG.hunter2",
            "MAILER_SECRET_KEY": "hunter2" * 8,
            "MAILER_HASH_KEY": "hunter2" * 8,
            "MAILER_OLD_SECRET_KEYS": "hunter2" * 8,
        }
    )
    assert "hunter2" not in repr(secret)


def test_no_relays_password_is_shown_with_the_configuration() -> None:
    assert "hunter2" not in repr(read(SOUND_KEYS | {"SMTP_URL": "smtp://user:hunter2@mail.example"}))


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "MAILER_BASE_URL", "SMTP_URL"])
def test_a_line_about_an_address_does_not_repeat_its_password(name: str) -> None:
    (line,) = problems(SOUND_KEYS | {name: "mysql://mailer:hunter2@db"})
    assert "hunter2" not in line


def test_the_command_line_says_it_in_one_line_too(fresh_environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailer", "version"],
        env=fresh_environ | {"REDIS_URL": "amqp://broker"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "REDIS_URL must be an address that begins with one of" in line
    assert not os.path.exists(fresh_environ["MAILER_DATA_DIR"])  # noqa: PTH110 - the value is text


@pytest.mark.parametrize(("written", "days"), [("", None), (" ", None), ("30", 30), (" 365 ", 365)])
def test_events_are_kept_for_ever_or_so_many_days(written: str, days: int | None) -> None:
    assert read({"MAILER_KEEP_EVENTS": written}).keep_events == days


@pytest.mark.parametrize("written", ["0", "29", "-1", "forever", "1.5", "36501", "9" * 30, "²"])
def test_days_that_cannot_be_are_refused(written: str) -> None:
    [problem] = problems({"MAILER_KEEP_EVENTS": written})
    assert problem == (
        "MAILER_KEEP_EVENTS must be a whole number of days from 30 to 36500, or unset to keep events for"
        f" ever, not {written!r}"
    )


def test_a_folder_of_own_templates_must_be_there(tmp_path: Path) -> None:
    assert read({}).templates == ""
    assert read({"MAILER_TEMPLATES": f" {tmp_path} "}).templates == str(tmp_path)
    [problem] = problems({"MAILER_TEMPLATES": str(tmp_path / "nowhere")})
    assert problem.endswith(f"there is none at {tmp_path}/nowhere")


def test_links_in_old_letters_may_lead_to_where_the_house_was_before() -> None:
    assert read({"MAILER_OLD_HOSTS": "Old.example.org, older.example.org"}).old_hosts == (
        "old.example.org",
        "older.example.org",
    )
    [problem] = problems({"MAILER_OLD_HOSTS": "https://old.example.org/"})
    assert "such as old.example.org" in problem
