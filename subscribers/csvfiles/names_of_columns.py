"""The names that columns have in files of many writers and languages; a table, not branches."""

from subscribers.csvfiles.headers import plain

_NAMES: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "emailaddress", "mail address",
        "email id", "subscriber email", "primary email", "e-mail 1 - value", "your email", "e-mail-adresse",
        "email-adresse", "mailadresse", "courriel", "adresse e-mail", "adresse email", "adresse mail",
        "adresse électronique", "adresse de courriel", "correo", "correo electrónico",
        "dirección de correo electrónico", "dirección de correo", "email do assinante",
        "endereço de e-mail", "endereço de email", "indirizzo e-mail", "indirizzo email",
        "posta elettronica", "e-post", "epost", "e-postadress", "e-postadresse", "sähköposti", "e-posta",
        "e-posta adresi", "barua pepe", "email адрес", "e-mail адрес", "адрес email", "адрес e-mail",
        "эл. почта", "электронная почта", "почта", "адрес электронной почты", "электронный адрес", "имейл",
        "мейл", "електронна пошта", "邮箱", "电子邮箱", "邮箱地址", "邮件", "邮件地址", "电子邮件",
        "电子邮件地址", "電子郵件", "電子郵件地址", "電郵", "信箱", "メール", "メールアドレス", "eメール",
        "이메일", "이메일 주소", "البريد الإلكتروني", "ईमेल", "ईमेल पता", "ای میل",
    ),
    "name": (
        "name", "full name", "fullname", "display name", "your name", "your full name", "subscriber name",
        "contact name", "vollständiger name", "nom complet", "nombre", "nombre completo", "nome",
        "nome completo", "namn", "navn", "nimi", "ad", "ad soyad", "jina", "isim", "имя", "имя и фамилия",
        "фио", "полное имя", "姓名", "名字", "全名", "名前", "氏名", "お名前", "이름", "성명", "الاسم",
        "नाम", "نام",
    ),
    "first_name": (
        "first name", "firstname", "first", "fname", "given name", "givenname", "forename", "vorname",
        "prénom", "förnamn", "fornavn", "etunimi", "primeiro nome", "nome próprio", "名",
    ),
    "last_name": (
        "last name", "lastname", "last", "lname", "surname", "family name", "familyname", "nachname",
        "familienname", "nom", "nom de famille", "apellido", "apellidos", "cognome", "sobrenome", "apelido",
        "efternamn", "etternavn", "efternavn", "sukunimi", "soyad", "soyadı", "фамилия", "姓", "姓氏",
    ),
    "locale": (
        "locale", "language", "lang", "preferred language", "language code", "sprache", "langue", "idioma",
        "lingua", "língua", "språk", "sprog", "kieli", "dil", "lugha", "язык", "мова", "语言", "語言",
        "言語", "언어", "اللغة", "भाषा", "زبان",
    ),
    "interests": (
        "interests", "interest", "topics", "topic", "interest groups", "interessen", "themen", "intérêts",
        "centres d'intérêt", "thèmes", "intereses", "temas", "interesses", "interessi", "temi", "intressen",
        "интересы", "интерес", "темы", "тема", "兴趣", "主题", "興趣", "主題", "興味", "トピック", "관심사",
        "관심분야",
    ),
    "tags": ("tags", "tag", "labels", "label", "метки", "теги", "标签", "標籤", "タグ", "태그"),
    "consent": (
        "consent", "consent source", "source of consent", "consent text", "opt-in source", "signup source",
        "sign-up source", "subscription source", "einwilligung", "quelle der einwilligung", "consentement",
        "source du consentement", "consentimiento", "origen del consentimiento", "consentimento",
        "consenso", "источник согласия", "согласие", "同意来源", "同意", "订阅来源",
    ),
    "consent_at": (
        "consent at", "consent date", "consent time", "date of consent", "consented at", "confirmed at",
        "confirm time", "confirmation date", "opt-in date", "opt-in time", "optin date", "optin time",
        "opted in at", "subscribed at", "subscribed on", "subscribe date", "subscription date",
        "date subscribed", "signup date", "sign-up date", "signed up at", "date of sign-up",
        "datum der einwilligung", "anmeldedatum", "date du consentement", "date d'inscription",
        "fecha de consentimiento", "fecha de suscripción", "data de inscrição", "data di iscrizione",
        "дата согласия", "дата подписки", "同意日期", "同意时间", "订阅日期", "订阅时间",
    ),
    "status": (
        "status", "subscription status", "subscriber status", "email status", "member status", "statut",
        "stato", "estatus", "статус", "статус подписки", "状态", "订阅状态", "狀態", "ステータス", "상태",
    ),
    "suppressed": ("suppressed", "suppression"),
    "subscribed": (
        "subscribed", "is subscribed", "subscribed to emails", "accepts marketing",
        "accepts email marketing", "email opt-in", "подписан", "已订阅",
    ),
    "unsubscribed": (
        "unsubscribed", "is unsubscribed", "opted out", "has opted out", "email opt out", "email disabled",
        "unsubscribed from all email", "do not email", "отписан", "已退订",
    ),
    "unsubscribed_at": (
        "unsubscribed at", "unsubscribed on", "unsub time", "unsubscribe date", "unsubscribe time",
        "unsubscription date", "date unsubscribed", "optout date", "opt-out date", "optout time",
        "opt-out time", "abmeldedatum", "date de désinscription", "fecha de baja", "дата отписки",
        "退订日期", "退订时间",
    ),
    "bounced_at": (
        "bounced at", "bounce date", "bounce time", "clean time", "cleaned at", "undeliverability date",
    ),
    "since": ("since", "member since"),
    "paused_until": ("paused until", "snoozed until"),
    "attributes": ("attributes",),
    "text_only": ("text only", "plain text only"),
    "tracked": ("tracked",),
}  # fmt: skip

NAMES = {plain(name): target for target, names in _NAMES.items() for name in names}

# Headers that mean this where no other column does: an address may be one of a street.
UNLESS_BETTER: dict[str, frozenset[str]] = {
    "email": frozenset(map(plain, ("адрес", "address", "adresse", "contact", "地址", "login", "username")))
}
