import re
import threading
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.client import RequestFactory
from django.utils import translation

from mailer.languages import current
from mailer.web import errors
from mailer.web.languages import Languages, accepted, asked, speak, to
from subscribers import tokens
from tests.stage import a_list, a_reader

SKIP = {
    "en": "Skip to the content",
    "zh": "跳到正文",
    "ru": "Перейти к содержимому",
    "fr": "Aller au contenu",
    "ar": "الانتقال إلى المحتوى",
    "hi": "सीधे सामग्री पर जाएँ",
}
FORM = "application/x-www-form-urlencoded"


def visit(path: str, **headers: str) -> HttpResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
    response = Client().get(path, headers=sent)
    assert isinstance(response, HttpResponse)
    return response


def missing(query: str = "", accept: str = "", cookie: str = "") -> HttpResponse:
    """The page for what is not there: it needs no rows."""
    return visit(f"/nowhere{query}", accept_language=accept, cookie=cookie)


def language(response: HttpResponse) -> str:
    written = response.content.decode()
    [tag] = re.findall(r'<html lang="(\w+)"', written)
    assert SKIP[tag] in written
    assert response.headers["Content-Language"] == tag
    return str(tag)


@pytest.mark.parametrize("tag", SKIP)
def test_a_page_speaks_the_language_that_its_address_asks_for(tag: str) -> None:
    response = missing(f"?lang={tag}", accept="fr" if tag != "fr" else "ru")
    assert language(response) == tag
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert f'dir="{"rtl" if tag == "ar" else "ltr"}"' in response.content.decode()


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("zh-TW", "zh"),
        ("ar-EG, en;q=0.5", "ar"),
        ("de-CH, fr;q=0.3, hi;q=0.4", "hi"),
        ("de, *;q=0.5", "en"),
        ("*", "en"),
        ("*, fr;q=0.5", "en"),
        ("de, fr;q=0", "en"),
        ("fr;q=0, ru;q=0.1", "ru"),
        ("FR", "fr"),
        ("fr;q=2", "en"),
        ("fr;q=nan", "en"),
        ("fr;q=1e9", "en"),
        ("fr,,;q=", "en"),
        ("../../etc/passwd", "en"),
        ("fr\x00", "en"),
        ("\xff\xfe", "en"),
        ("ru," + "x" * 10_240, "ru"),
        ("x" * 10_240, "en"),
        ("ru;q=0.5," * 1_200, "ru"),
        ("-" * 10_240, "en"),
        ("a-" * 5_120 + "a", "en"),
    ],
)
def test_else_it_speaks_what_the_browser_accepts(header: str, tag: str) -> None:
    assert language(missing(accept=header)) == tag


@pytest.mark.parametrize(
    "query",
    [
        "?lang=../../etc/passwd",
        "?lang=%2e%2e%2f",
        "?lang=",
        "?lang",
        "?lang=xx",
        "?lang=fr%00",
        "?lang=fr%0d%0aSet-Cookie:%20a=b",
        "?lang=%ff",
        "?lang=<script>",
        "?LANG=fr",
        "?slang=fr",
        "?lang[]=fr",
        "?lang=" + "x" * 5_000,
        "?" + "&".join(f"lang{n}=fr" for n in range(1_001)),
        "?lang=fr&" + "&".join(f"a{n}=" for n in range(1_001)),
    ],
)
def test_what_is_no_language_of_ours_is_passed_over(query: str) -> None:
    response = missing(query, accept="ru")
    assert language(response) == "ru"
    assert "Set-Cookie" not in response.headers
    assert "script>" not in response.content.decode()


def test_of_several_the_last_counts() -> None:
    assert language(missing("?lang=fr&lang=hi")) == "hi"
    assert language(missing("?lang=fr&lang=xx", accept="ar")) == "ar"


def test_no_cookie_says_what_is_spoken() -> None:
    assert language(missing(cookie="django_language=fr")) == "en"
    assert "Set-Cookie" not in missing("?lang=fr").headers


def test_caches_keep_answers_apart_where_the_browser_decided() -> None:
    assert missing(accept="fr").headers["Vary"] == "Accept-Language"
    assert missing().headers["Vary"] == "Accept-Language"
    assert missing("?lang=xx").headers["Vary"] == "Accept-Language"
    assert "Vary" not in missing("?lang=fr").headers


@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_files_are_the_same_for_everybody() -> None:
    response = Client().get("/static/public.css", headers={"accept-language": "ar"})
    response.close()
    assert "Accept-Language" not in response.headers.get("Vary", "")
    assert "Content-Language" not in response.headers


def test_every_page_offers_every_language_in_its_own_script() -> None:
    written = missing("?lang=ar").content.decode()
    assert re.findall(
        r'<a href="\?lang=(\w+)" lang="(\w+)" hreflang="(\w+)"( aria-current="true")?>', written
    ) == [(tag, tag, tag, ' aria-current="true"' if tag == "ar" else "") for tag in SKIP]
    assert 'aria-label="اللغة"' in written


def request(query: str = "", accept: str = "") -> HttpRequest:
    return RequestFactory().get(f"/x{query}", headers={"accept-language": accept} if accept else {})


@pytest.mark.parametrize(
    ("query", "accept", "known", "code"),
    [
        ("?lang=fr", "ru", {"chosen": "hi", "reader": "ar", "newsletter": "zh"}, "hi"),
        ("?lang=fr", "ru", {"chosen": "xx", "reader": "ar"}, "fr"),
        ("", "ru", {"reader": "ar", "newsletter": "zh"}, "ar"),
        ("", "ru", {"reader": "", "newsletter": "zh"}, "ru"),
        ("", "de", {"reader": "sw", "newsletter": "zh-Hans"}, "zh-hans"),
        ("", "*", {"newsletter": "fr"}, "fr"),
        ("", "de", {"newsletter": "de"}, "en"),
        ("", "", {"chosen": "../../x", "reader": "\x00", "newsletter": "<"}, "en"),
    ],
)
def test_a_view_that_knows_better_says_so(query: str, accept: str, known: dict[str, str], code: str) -> None:
    spoken = []

    def view(asking: HttpRequest) -> HttpResponse:
        speak(asking, **known)
        spoken.append(current().code)
        return HttpResponse()

    Languages(view)(request(query, accept))
    assert spoken == [code]
    assert current().code == "en"


def test_an_address_of_ours_carries_the_language_only_where_the_browser_would_not_say_it() -> None:
    with translation.override("fr"):
        assert to(request(accept="fr-CA"), "/") == "/"
        assert to(request(accept="ru"), "/") == "/?lang=fr"
        assert to(request(accept="ru"), "/x?a=b") == "/x?a=b&lang=fr"
        assert to(request(accept="ru"), "/x/#s2") == "/x/?lang=fr#s2"
        assert to(request(accept="ru"), "/x/?a=b#s2") == "/x/?a=b&lang=fr#s2"
        assert to(request("?lang=fr", accept="fr"), "/") == "/?lang=fr"
    with translation.override("en"):
        assert to(request(), "/") == "/"
        assert to(request(accept="ru"), "/") == "/?lang=en"
    with translation.override("zh-hans"):
        assert to(request("?lang=zh"), "/") == "/?lang=zh"
    assert (asked(request("?lang=zh-TW")), accepted(request(accept="zh-TW"))) == ("zh-hans", "zh-hans")


def test_what_one_visitor_speaks_the_next_on_the_same_thread_does_not() -> None:
    with translation.override("hi"):
        for tag in ("ar", "fr"):
            assert language(missing(f"?lang={tag}")) == tag
            assert translation.get_language() == "hi"
        assert language(missing()) == "en"


def test_a_view_that_breaks_leaves_no_language_behind() -> None:
    def broken(asking: HttpRequest) -> HttpResponse:
        speak(asking, chosen="ar")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Languages(broken)(request("?lang=fr"))
    assert current().code == "en"


def test_what_one_thread_speaks_another_does_not() -> None:
    both = threading.Barrier(2, timeout=30)
    spoken: dict[str, str] = {}

    def visit(tag: str) -> None:
        def view(asking: HttpRequest) -> HttpResponse:
            both.wait()
            written = errors.not_found(asking, Exception())
            both.wait()
            spoken[tag] = language(written)
            return written

        Languages(view)(request(f"?lang={tag}"))

    threads = [threading.Thread(target=visit, args=(tag,)) for tag in ("ar", "fr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spoken == {"ar": "ar", "fr": "fr"}


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x", "application/json"])
@pytest.mark.parametrize("query", ["", "?lang=fr"])
def test_no_body_is_read_to_find_the_language(content_type: str, query: str) -> None:
    posted = RequestFactory().post(f"/u/x{query}", b"lang=ar", content_type=content_type)

    def view(asking: HttpRequest) -> HttpResponse:
        assert asking.read() == b"lang=ar"  # refused once a form was read
        return HttpResponse(current().tag)

    assert Languages(view)(posted).content.decode() == ("fr" if query else "en")


@pytest.mark.database
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("tag", [*SKIP, "xx"])
def test_a_mail_program_hears_the_same_whatever_it_speaks(tag: str) -> None:
    nina = a_reader(a_list(), "nina@example.org", locale=tag)
    strange = "&".join(f"lang{n}=" for n in range(1_001))
    for query in ("", f"?lang={tag}", f"?{strange}"):
        response = Client(enforce_csrf_checks=True).post(
            f"/u/{tokens.make('leave', nina.pk)}{query}",
            "List-Unsubscribe=One-Click",
            content_type=FORM,
            headers={"accept-language": tag},
        )
        assert (response.status_code, response.content) == (200, b"You are unsubscribed.\n")
        assert "Vary" not in response.headers
        assert "Content-Language" not in response.headers
        assert not response.cookies


@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_a_machine_that_reports_is_answered_whatever_its_address_says() -> None:
    strange = "&".join(f"lang{n}=" for n in range(1_001))
    response = Client().post(f"/webhooks/sendgrid?{strange}", b"[]", content_type="application/json")
    assert (response.status_code, response.content) == (403, b"The signature does not fit.\n")


@pytest.mark.parametrize("path", ["/healthz", "/healthz?lang=fr"])
def test_those_who_watch_hear_one_language(path: str) -> None:
    response = Client().get(path, headers={"accept-language": "ar"})
    assert response.content == b"ok\n"
    assert "Vary" not in response.headers


def test_a_strange_host_is_told_so_in_its_own_language() -> None:
    response = visit("/", host="evil.example", accept_language="hi")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert language(response) == "hi"
