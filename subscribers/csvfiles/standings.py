"""The words by which other programs say how somebody stands; a table, not branches."""

from subscribers.csvfiles.headers import plain
from subscribers.enrolling import Standing

_WORDS: dict[Standing, tuple[str, ...]] = {
    Standing.ACTIVE: (
        "active", "subscribed", "subscriber", "confirmed", "enabled", "opted in", "opt in", "optin",
        "regular", "verified", "valid", "aktiv", "angemeldet", "abonniert", "actif", "abonné", "inscrit",
        "activo", "suscrito", "ativo", "attivo", "iscritto", "активен", "активный", "подписан", "подписана",
        "подтвержден", "有效", "正常", "已订阅", "已訂閱", "已确认", "活跃", "有効", "購読中", "구독",
        "구독중",
    ),
    Standing.PENDING: (
        "pending", "unconfirmed", "not confirmed", "not yet confirmed", "unactivated", "unverified",
        "awaiting", "awaiting confirmation", "waiting", "unbestätigt", "en attente", "pendiente",
        "pendente", "in attesa", "ожидает", "ожидает подтверждения", "не подтвержден", "未确认", "待确认",
        "未確認",
    ),
    Standing.PAUSED: (
        "paused", "snoozed", "on hold", "pausiert", "en pause", "pausado", "приостановлен", "暂停",
    ),
    Standing.UNSUBSCRIBED: (
        "unsubscribed", "unsubscribe", "unsub", "opted out", "opt out", "optout", "left", "withdrawn",
        "cancelled", "canceled", "abgemeldet", "désabonné", "désinscrit", "dado de baja", "baja",
        "descadastrado", "disiscritto", "отписан", "отписана", "отписался", "отписалась", "已退订", "退订",
        "已取消订阅", "退訂", "購読解除", "구독취소",
    ),
    Standing.BOUNCED: (
        "bounced", "bounce", "cleaned", "hard bounced", "hard bounce", "undeliverable", "undelivered",
        "dead", "invalid", "unzustellbar", "rebotado", "rejeté", "недоставлено", "недоступен", "退信",
        "无效", "已失效",
    ),
    Standing.COMPLAINED: (
        "complained", "complaint", "complaints", "complainer", "spam", "spam complaint", "spam report",
        "reported as spam", "marked as spam", "abuse", "beschwerde", "plainte", "жалоба", "пожаловался",
        "投诉",
    ),
    Standing.BY_HAND: (
        "blocked", "blocklisted", "blacklisted", "suppressed", "banned", "disabled", "deactivated",
        "spammy", "by hand", "erased", "gesperrt", "bloqué", "bloqueado", "заблокирован", "拉黑", "已屏蔽",
        "黑名单",
    ),
    Standing.OUTSIDER: (
        "not subscribed", "non subscribed", "nonsubscribed", "never subscribed", "transactional",
        "archived", "inactive", "deleted", "removed", "none", "не подписан", "未订阅",
    ),
}  # fmt: skip

WORDS = {plain(word): standing for standing, words in _WORDS.items() for word in words}
