"""The settings of signing in: each that is missing or wrong is one clear line at start."""

from pathlib import Path

import pytest

from mailer.desk_settings import Oidc
from mailer.environment import SettingError, read

ISSUER = "https://id.example.org/realms/news"
OIDC = {
    "MAILER_OIDC_URL": ISSUER,
    "MAILER_OIDC_CLIENT_ID": "desk",
    "MAILER_OIDC_CLIENT_SECRET": "hunter2",
}


def oidc(**changed: str) -> Oidc | None:
    return read(OIDC | {f"MAILER_OIDC_{name}": value for name, value in changed.items()}).desk.oidc


def problem(environ: dict[str, str]) -> str:
    """The one line that is said of it, which names no secret."""
    with pytest.raises(SettingError) as caught:
        read(environ)
    [line] = caught.value.problems
    assert "\n" not in line
    assert "hunter2" not in line
    return line


def test_without_any_of_them_there_is_no_provider() -> None:
    assert read({}).desk.oidc is None
    assert read({"MAILER_OIDC_NAME": "the house's own"}).desk.oidc is None


def test_with_all_three_there_is_one() -> None:
    assert oidc() == Oidc(ISSUER, "desk", "hunter2", "your organisation")
    assert "hunter2" not in repr(read(OIDC))


@pytest.mark.parametrize("missing", OIDC)
def test_each_of_the_three_that_is_missing_is_named(missing: str) -> None:
    some = {name: value for name, value in OIDC.items() if name != missing}
    assert problem(some).startswith(f"{missing} ")
    assert problem(some | {missing: "  "}).startswith(f"{missing} ")


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET"])
def test_what_the_provider_gave_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    variable, file = f"MAILER_OIDC_{name}", tmp_path / "given"
    some = {other: value for other, value in OIDC.items() if other != variable}
    asked = some | {f"{variable}_FILE": str(file)}
    assert problem(asked) == f"{variable}_FILE cannot be read (FileNotFoundError): {file}"
    file.write_text("\n", encoding="utf-8")
    assert problem(asked) == f"{variable}_FILE is empty: {file}"
    file.write_text("from a file\n", encoding="utf-8")
    found = read(asked).desk.oidc
    assert found is not None
    assert "from a file" in (found.client_id, found.client_secret)


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.org",
        "http://127.0.0.1.id.example.org",
        "http://10.0.0.7:8080/realms/news",
        "id.example.org",
        "ldap://id.example.org",
        "https://",
        "https://id.example.org:port",
        "https://[id",
        f"{ISSUER}?realm=news",
        f"{ISSUER}#news",
        "https://desk:hunter2@id.example.org",
        f"{ISSUER}/.well-known/openid-configuration",
        "https://id.example.org/real ms",
        "https://id.example.org/\x00",
        "https://ïd.example.org",
    ],
)
def test_an_address_that_is_no_issuers_is_one_line(url: str) -> None:
    assert problem(OIDC | {"MAILER_OIDC_URL": url}).startswith("MAILER_OIDC_URL must be the https address")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/x", "http://localhost", "http://[::1]:9000"])
def test_a_rehearsal_on_this_machine_needs_no_certificate(url: str) -> None:
    found = oidc(URL=url)
    assert found is not None
    assert found.url == url


@pytest.mark.parametrize("url", ["https://id.example.org", ISSUER, "https://id.example.org:8443/a/b.c~d"])
def test_an_issuer_may_have_a_path_and_a_slash_at_its_end(url: str) -> None:
    for written in (url, f"{url}/", f" {url} "):
        found = oidc(URL=written)
        assert found is not None
        assert found.url == url


@pytest.mark.parametrize("name", ["Zürich & “Söhne” <b>'s", "خانه‌ی ما", "新闻社", "x" * 60])
def test_a_name_is_said_as_it_is(name: str) -> None:
    found = oidc(NAME=f" {name} ")
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", ["x" * 61, "a\nb", "a\x07b", "ab\N{RIGHT-TO-LEFT OVERRIDE}c", "a\x00b"])
def test_a_name_that_no_button_can_say_is_one_line(name: str) -> None:
    assert problem(OIDC | {"MAILER_OIDC_NAME": name}).startswith("MAILER_OIDC_NAME must be at most 60")


@pytest.mark.parametrize("rule", ["everybody", "ALL", "0"])
def test_whose_second_factor_is_asked_for_is_one_of_three_words(rule: str) -> None:
    line = problem({"MAILER_SECOND_FACTOR": rule})
    assert line == f"MAILER_SECOND_FACTOR must be one of senders, all, none, not {rule!r}"
