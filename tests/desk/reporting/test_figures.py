from mailer.desk.reporting import figures
from mailer.thresholds import Against, Limits
from tests.desk.reporting.test_wording import a_report

COMPLAINTS = Against("complaints", 9, 1_000, 0.001, 5)
LEFT = Against("unsubscribes", 46, 1_000)
LIMITS = Limits(COMPLAINTS, Against("bounces", 0, 1_000), LEFT)


def test_each_headline_figure_says_what_it_is_of() -> None:
    found = figures.headline(a_report(limits=LIMITS))
    assert [(each.name, each.number, each.of.replace("\u00a0", " "), each.warns) for each in found] == [
        ("Accepted", 1_000, "of 1,000 candidates", False),
        ("Delivered", 990, "99.0 % of 1,000 accepted", False),
        ("Opened by people", 400, "40.0 % of 1,000 counted; 90 by machines", False),
        ("Clicked by people", 80, "8.0 % of 1,000 counted; 2 by machines", False),
        ("Left by it", 46, "4.6 % of 1,000 that arrived", False),
        ("Complained", 9, "0.90 % of 1,000 that arrived", True),
    ]


def test_what_was_not_measured_has_no_share() -> None:
    report = a_report(delivered=None, limits=LIMITS)
    assert figures.headline(report)[1].of == "a mail server takes letters, and does not tell"


def test_a_limit_that_nobody_names_has_no_bar() -> None:
    complaints, left = figures.limits([COMPLAINTS, LEFT])
    assert "over the limit of 0.1\u00a0%, what Gmail asks senders to stay below" in complaints.words
    assert "c-limit" in complaints.chart
    assert left.words == "46 of 1,000 (4.6\u00a0%); nobody names a limit for it"
    assert left.chart == ""
