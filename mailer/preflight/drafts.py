"""What drafts say of themselves in other languages than English, and no sentence of news does."""

import re

_MARKS = (
    # Chinese: to be supplied, to be filled in, insert here, sample text
    r"(?<![有尚还亟仍])待(?:补充|填写|插入)|此处(?:填写|插入)|在此(?:填写|插入)|占位(?:符|文字)|示例文本",
    # Russian: finish, check, insert, replace, in capitals; in brackets; filler text
    r"\b(?:ДОПИСАТЬ|УТОЧНИТЬ|ВСТАВИТЬ|ДОБАВИТЬ|ЗАМЕНИТЬ|ДОДЕЛАТЬ|ПРОВЕРИТЬ)\b",
    r"\[(?:вставить|вставьте|имя|ваше имя|ссылка|дата|заголовок)\b[^\[\]]{0,40}\](?![(\[:])",
    # French
    r"\b[ÀA] (?:COMPLÉTER|COMPLETER|VÉRIFIER|VERIFIER|REMPLACER|INSÉRER|CONFIRMER)\b",
    r"\[(?:insérer|à compléter|votre|prénom|nom|lien|titre)\b[^\[\]]{0,40}\](?![(\[:])",
    # Arabic: will be added later, write the text here, filler text
    r"(?:سيتم الإضافة|يضاف|تضاف|يُستكمل|يستكمل) لاحقا|(?:أدخل|اكتب) النص هنا|هذا النص هو مثال",
    # Hindi and Urdu: write here; sample text
    r"यहा[ँं] (?:लिखें|जोड़ें)|नमूना पाठ|یہاں (?:لکھیں|درج کریں)",
    # German and Spanish
    r"\b(?:PLATZHALTER|BITTE ERGÄNZEN|NOCH ERGÄNZEN|POR COMPLETAR|PENDIENTE DE COMPLETAR)\b",
)
ELSEWHERE = re.compile("|".join(_MARKS))
