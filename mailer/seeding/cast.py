"""Names that nobody in particular has, in the scripts that readers write theirs in.

Each stands beside its spelling in an address, since a local part outside ASCII cannot be delivered to yet.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    """Names of one language, each as it is written, and in Latin letters."""

    locale: str  # BCP 47
    countries: tuple[str, ...]  # ISO 3166
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    family_first: bool = False

    def name(self, given: int, family: int) -> str:
        """Return a name as its owner writes it."""
        first, last = self.given[given % len(self.given)][0], self.family[family % len(self.family)][0]
        return f"{last}{first}" if self.family_first else f"{first} {last}"

    def local_part(self, given: int, family: int) -> str:
        """Return the same name as it stands before an @."""
        return f"{self.given[given % len(self.given)][1]}.{self.family[family % len(self.family)][1]}"


def _culture(locale: str, countries: str, given: str, family: str, *, family_first: bool = False) -> Culture:
    return Culture(locale, tuple(countries.split()), _names(given), _names(family), family_first)


def _names(text: str) -> tuple[tuple[str, str], ...]:
    written = (word.partition(":") for word in text.split())
    return tuple((name, latin or name.lower()) for name, _, latin in written)


CULTURES = (
    _culture(
        "en",
        "GB KE NG ZA US IN",
        "Amina Brian Chidi Dorothy Emeka Fatima Grace Henry Imani James Kwame Lucy Mary Nadia Oliver Ruth",
        "Adeyemi Baker Chanda Dlamini Evans Kamau Mensah Mutua Njoroge Okafor Patel Reid Smith Taylor",
    ),
    _culture(
        "fr",
        "FR SN CI CM CD",
        "Aïcha:aicha Benoît:benoit Chloé:chloe Fatou Hélène:helene Ibrahima Jérôme:jerome Koffi Mariama",
        "Bâ:ba Diallo Diop Dubois Kouassi Léger:leger Moreau Ndiaye Nguema Sarr Traoré:traore",
    ),
    _culture(
        "pt-BR",
        "BR AO MZ PT",
        "Ana Beatriz Conceição:conceicao Inês:ines João:joao Luís:luis Mário:mario Teresa Tomás:tomas",
        "Araújo:araujo Cardoso Fernandes Gonçalves:goncalves Machel Nunes Ribeiro Simões:simoes",
    ),
    _culture(
        "zh-CN",
        "CN SG",
        "伟:wei 芳:fang 娜:na 敏:min 静:jing 丽:li 强:qiang 磊:lei 洋:yang 艳:yan 建国:jianguo 晓东:xiaodong",
        "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 欧阳:ouyang",
        family_first=True,
    ),
    _culture(
        "ru",
        "RU KZ BY",
        "Александр:alexander Дмитрий:dmitry Елена:elena Ирина:irina Мария:maria Николай:nikolai Ольга:olga"
        " Пётр:pyotr Сергей:sergei Юлия:yulia",
        "Иваненко:ivanenko Коваль:koval Короленко:korolenko Мельник:melnik Седых:sedykh Гончар:gonchar"
        " Черных:chernykh Шевченко:shevchenko Цой:tsoi",
    ),
    _culture(
        "ar",
        "EG MA SD TN AE",
        "أحمد:ahmad خالد:khalid زينب:zaynab سارة:sara عمر:omar فاطمة:fatima ليلى:layla محمود:mahmoud",
        "البشير:bashir الحسن:hasan الخطيب:khatib السيد:sayed المنصور:mansour النجار:najjar حداد:haddad",
    ),
    _culture(
        "hi",
        "IN NP",
        "अमित:amit अनीता:anita दीपक:deepak गीता:geeta कविता:kavita मोहन:mohan नेहा:neha",
        "चौधरी:chaudhary गुप्ता:gupta जोशी:joshi मिश्रा:mishra नायर:nair पटेल:patel शर्मा:sharma",
    ),
    _culture(
        "am",
        "ET",
        "አበበ:abebe አልማዝ:almaz ዳዊት:dawit ገነት:genet ሐና:hanna ከበደ:kebede መሠረት:meseret ሰላም:selam ተስፋዬ:tesfaye",
        "አለሙ:alemu በቀለ:bekele ደሳለኝ:desalegn ገብረ:gebre ኃይሉ:hailu መኮንን:mekonnen ታደሰ:tadesse ወርቁ:worku",
    ),
)

# Reserved (RFC 2606): no letter to any of them can ever reach anybody. Some in their A-label form.
DOMAINS = (
    *("example.org", "example.com", "example.net", "mail.example", "post.example", "university.example"),
    *("observatory.example", "xn--fsqu00a.example", "xn--e1afmkfd.example", "xn--mgbh0fb.example"),
)

PROFESSIONS = ("engineer", "farmer", "journalist", "lawyer", "official", "researcher", "student", "teacher")
