import pytest

from subscribers.csvfiles import columns
from subscribers.csvfiles.errors import CsvError
from tests.subscribers.csvfiles.cast import TOPICS


def targets(header: str, *mapped: str) -> list[str]:
    wanted = columns.parse_map(mapped, TOPICS)
    return [column.target for column in columns.assign(header.split("|"), wanted, {}, TOPICS)]


@pytest.mark.parametrize(
    "header",
    [
        "email",
        "E-Mail",
        "e mail",
        " Email Address ",
        "EMAIL_ADDRESS",
        "ｅ－ｍａｉｌ",
        "Correo electrónico",
        "correo electronico",
        "Adresse e-mail",
        "E-Mail-Adresse",
        "эл. почта",
        "Адрес",
        "Электронная почта",
        "邮箱",
        "电子邮件地址",
        "メールアドレス",
        "이메일",
        "البريد الإلكتروني",
        "ईमेल",
        "barua pepe",
    ],
)
def test_an_address_goes_by_many_names(header: str) -> None:
    assert targets(header) == ["email"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("email|name|locale|interests", ["email", "name", "locale", "interests"]),
        ("Email|First Name|Last Name|Language", ["email", "first_name", "last_name", "locale"]),
        ("邮箱|姓名|语言|兴趣|状态", ["email", "name", "locale", "interests", "status"]),
        ("Почта|Фамилия|Имя|Язык|Интересы", ["email", "last_name", "first_name", "locale", "interests"]),
        ("Почта|Имя", ["email", "name"]),
        ("E-Mail|Name|Vorname|Sprache", ["email", "last_name", "first_name", "locale"]),
        ("Courriel|Nom|Prénom", ["email", "last_name", "first_name"]),
        ("email|Name|Surname", ["email", "first_name", "last_name"]),
        ("name|first_name|last_name|email", ["name", "first_name", "last_name", "email"]),
        ("email|consent date|consent source|status", ["email", "consent_at", "consent", "status"]),
        ("email|Interest 1|Interest 2|Topic", ["email", "interests", "interests", "interests"]),
        (
            "email|China|south_asia|Interest: Africa",
            ["email", "interest:china", "interest:south-asia", "interest:africa"],
        ),
        ("email|Phone|Name 2||Company", ["email", "ignore", "ignore", "ignore", "ignore"]),
        ("Email|Адрес", ["email", "ignore"]),
    ],
)
def test_columns_are_found_by_their_names(header: str, found: list[str]) -> None:
    assert targets(header) == found


def test_a_person_may_say_otherwise() -> None:
    assert targets("email|contact|name", "contact=email") == ["ignore", "email", "name"]
    assert targets("email|Name|Ort", "Name=ignore", "Ort=attribute:city") == [
        "email",
        "ignore",
        "attribute:city",
    ]
    assert targets("email|x=y", "x=y=interest:China") == ["email", "interest:china"]
    assert targets("email|Their Topics", "their topics=interests") == ["email", "interests"]


def test_one_thing_in_two_columns_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        CsvError, match=r'email is there twice: “Email” and “E-Mail 2”.*--map "E-Mail 2=ignore"'
    ):
        targets("Email|E-Mail 2", "E-Mail 2=email", "Email=email")
    with pytest.raises(CsvError, match="email is there twice"):
        targets("email|email")
    assert targets("email|E-Mail", "E-Mail=ignore") == ["email", "ignore"]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("email", "Write it as --map"),
        ("=email", "Write it as --map"),
        ("email=address", r"A column can be email, name, .* not 'address'"),
        ("email=interest:venus", "“venus” is no interest of space-digest: china, russia"),
        ("email=attribute:", "attribute:NAME"),
        ("Mail=email", "there is no column “Mail”; there are “email”, “name”"),
    ],
)
def test_what_cannot_be_meant_is_refused(word: str, reason: str) -> None:
    with pytest.raises(CsvError, match=reason):
        targets("email|name", word)


def test_a_header_is_worth_what_is_known_of_it() -> None:
    assert columns.known(["email", "name"], {}, TOPICS) > columns.known(["email;name"], {}, TOPICS)
    assert columns.known(["Kontakt", "x"], {"Kontakt": "email"}, TOPICS) > columns.known(
        ["name", "x"], {}, TOPICS
    )
