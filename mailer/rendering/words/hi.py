"""Hindi."""

from mailer.rendering.words.shape import Words

WORDS = Words(
    form=lambda number: int(number > 1),
    stories=("{n} ख़बर", "{n} ख़बरें"),
    stories_for_you=("आपके लिए {n} ख़बर", "आपके लिए {n} ख़बरें"),
    more_in_brief=("{n} अन्य ख़बर संक्षेप में", "{n} अन्य ख़बरें संक्षेप में"),
    more_in_full=("अन्य विषयों की {n} ख़बर", "अन्य विषयों की {n} ख़बरें"),
    after_sections="पहले {sections}, फिर {stories}।",
    with_sections="{stories}, साथ में {sections}।",
    only_sections="{sections}।",
    comma=", ",
    last_comma=" और ",
    colon=": ",
    for_you="आपके विषय",
    elsewhere="इस अंक में और भी",
    in_brief_because="केवल शीर्षक, क्योंकि ये आपके चुने विषयों से बाहर हैं।",
    why="आपको यह ईमेल इसलिए मिला है क्योंकि आपने {list} की सदस्यता ली है।",
    change="विषय बदलें",
    leave="सदस्यता छोड़ें",
    online="वेबसाइट पर पढ़ें",
    months=(
        "जनवरी",
        "फ़रवरी",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अगस्त",
        "सितंबर",
        "अक्टूबर",
        "नवंबर",
        "दिसंबर",
    ),
    date="{day} {month} {year}",
)
