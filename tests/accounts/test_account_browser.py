"""One's own account in a real browser: a first sign-in with a passkey and with the app, and without scripts.

Every page is clean under axe and fits its window, on a desk and on a telephone, in the light and in the dark.
"""

import datetime as dt
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mailer.accounts.inviting import invitation as invited
from mailer.accounts.roles import Role
from tests.accounts.cast import PASSWORD, Person, a_code, a_person, a_user
from tests.axe import problems

pytestmark = [
    pytest.mark.browser,
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

SHOTS = os.environ.get("ACCOUNT_SHOTS", "")
HOME = "/desk/account/"
PAGES = {
    "overview": "",
    "factors": "2fa/",
    "keys": "2fa/webauthn/",
    "key-new": "2fa/webauthn/add/",
    "codes-new": "2fa/recovery-codes/generate/",
    "app-off": "2fa/totp/deactivate/",
    "sessions": "sessions/",
    "password": "password/change/",
    "sign-out": "logout/",
}
DOORS = {
    "login": "login/",
    "locked-out": "locked-out/",
    "dead-link": "invitation/1-a-b/",
    "inactive": "inactive/",
}
LOOKS = [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark"), (320, "light")]


def invitation(role: Role) -> str:
    return invited(a_user(role, password=""), by="test", at=dt.datetime.now(dt.UTC))


def opened(browser: Browser, *, width: int = 1280, scripts: bool = True, dark: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )
    return context.new_page()


def with_a_key(context: BrowserContext, page: Page) -> None:
    """Give the browser a device that keeps passkeys, and a finger on it."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def looked_at(page: Page, name: str) -> None:
    """Take the picture that somebody looks at, and hear what axe has to say."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert problems(page) == [], name


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}{HOME}login/")
    page.get_by_label("Address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in_wholly(page: Page, url: str, person: Person) -> None:
    sign_in(page, url, person.user.email)
    page.get_by_label("Code").fill(person.code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/desk/")


def test_a_passkey_is_set_up_and_signs_in_alone(browser: Browser, url: str) -> None:
    page = opened(browser)
    wrong = list[str]()
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    with_a_key(page.context, page)
    page.goto(url + urlsplit(invitation(Role.SENDER)).path)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Keep it and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("the key on my ring")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert page.locator(".codes li").count() == 10
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download them").click()
    assert kept.value.suggested_filename == "recovery-codes.txt"
    text = kept.value.path().read_text()
    assert page.locator(".codes li").first.inner_text() in text
    page.goto(f"{url}{HOME}2fa/webauthn/")
    expect(page.get_by_text("the key on my ring").first).to_be_visible()
    page.goto(home_of(url))
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/desk/")
    # And as a second factor, behind the password.
    page.goto(home_of(url))
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, url, "sam@news.example")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{url}/desk/")
    assert wrong == []


def test_everything_but_passkeys_works_without_scripts(browser: Browser, url: str) -> None:
    sam, page = a_user(Role.SENDER), opened(browser, width=375, scripts=False)
    sign_in(page, url, sam.email)
    page.get_by_role("link", name="Set up the app").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill("123")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code").fill(a_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    code = page.locator(".codes li").first.inner_text()
    page.goto(home_of(url))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page, url, sam.email)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/desk/")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_clean_and_fits(browser: Browser, url: str, width: int, scheme: str) -> None:
    look = f"{width}-{scheme}"
    page = opened(browser, width=width, dark=scheme == "dark")
    for name, path in DOORS.items():
        page.goto(f"{url}{HOME}{path}")
        looked_at(page, f"{name}-{look}")
    page.goto(url + urlsplit(invitation(Role.VIEWER)).path)
    looked_at(page, f"invitation-{look}")
    ada = a_user(Role.ADMIN)
    sign_in(page, url, ada.email)
    looked_at(page, f"set-up-{look}")
    page.goto(f"{url}{HOME}2fa/totp/activate/")
    looked_at(page, f"app-{look}")
    page.get_by_label("Code").fill("123")
    page.get_by_role("button", name="Turn it on").click()
    looked_at(page, f"app-wrong-{look}")
    page.context.clear_cookies()
    edda = a_person(Role.EDITOR)
    sign_in(page, url, edda.user.email)
    looked_at(page, f"code-{look}")
    page.context.clear_cookies()
    sign_in_wholly(page, url, edda)
    page.goto(f"{url}{HOME}2fa/recovery-codes/")
    looked_at(page, f"codes-{look}")
    for name, path in PAGES.items():
        page.goto(f"{url}{HOME}{path}")
        looked_at(page, f"{name}-{look}")
    page.goto(f"{url}{HOME}reauthenticate/")
    looked_at(page, f"again-{look}")


def home_of(url: str) -> str:
    return f"{url}{HOME}"
