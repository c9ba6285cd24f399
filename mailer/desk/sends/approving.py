"""An edition approved, bound to the hash of what was seen; by a second person where its list wants one."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from mailer import editions, previews, seconding
from mailer.desk import unsaved
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, local, page
from mailer.desk.sends import acting, approvers
from mailer.editions import LONGEST_WORD, BlockedError, EditionError
from mailer.look import content_hash, look_of
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Approval, Edition, Revision
from mailer.previews import Preview

PLACE = "Editions"
SHORT = 12  # characters of a hash that people compare


def edition_of(number: int) -> Edition:
    """Return the edition of that number, or answer 404."""
    try:
        return editions.find(number)
    except EditionError as error:
        raise Http404 from error


@dataclass(frozen=True)
class Matter:
    """What is to be approved, exactly as it would leave, and what preflight finds in it."""

    edition: Edition
    revision: Revision
    content: str
    preview: Preview

    @classmethod
    def of(cls, edition: Edition) -> "Matter":
        """Read the newest text, and check it as of when it leaves. Raises the manuscript's errors."""
        revision = editions.newest(edition)
        content = content_hash(revision, look_of(edition.list))
        at = editions.leaves_at(edition)
        return cls(edition, revision, content, previews.of_revision(revision, now=acting.now(), at=at))

    @property
    def approvals(self) -> list[Approval]:
        """Return the approvals of exactly this that count and that no send has consumed, oldest first."""
        return seconding.counting(self.revision, self.content)


@needs("approve")
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: DeskRequest, number: int) -> HttpResponse:
    """Show what is approved and what stands in the way; approve what was shown, and nothing else."""
    edition = edition_of(number)
    try:
        matter = Matter.of(edition)
    except ManuscriptError as error:
        return back(request, f"/desk/editions/{number}", str(error), failed=True)
    if request.method != "POST":
        return _page(request, matter)
    return _approved(request, matter, request.POST.get("word", "").strip())


def _approved(request: DeskRequest, matter: Matter, word: str) -> HttpResponse:
    """Approve what was shown, if that is what it still is and a word stands by its warnings."""
    if request.POST.get("content", "") != matter.content:
        refused = "It has changed since you saw it: look again at what you approve."
        return _page(request, matter, word=word, refused=refused, status=409)
    if matter.preview.warnings and not word and not matter.preview.errors:
        return _page(request, matter, wordless=True, status=422)
    try:
        editions.approve(
            matter.edition, by=acting.by(request), now=acting.now(), revision=matter.revision, word=word
        )
    except BlockedError:
        return _page(request, matter, word=word, refused="Errors stand in the way.", status=409)
    except EditionError as error:
        return _page(request, matter, word=word, refused=acting.plain(error), status=409)
    onward = "/schedule" if acting.may(request, "send") else ""
    there = f"/desk/editions/{matter.edition.pk}{onward}"
    return back(request, there, f"Approved as it stands ({matter.content[:SHORT]}).")


def _page(
    request: DeskRequest,
    matter: Matter,
    *,
    word: str = "",
    refused: str = "",
    wordless: bool = False,
    status: int = 200,
) -> HttpResponse:
    owner, who = matter.edition.list, acting.by(request)
    authors = seconding.authors(matter.revision) if owner.second_approval else ()
    wrote_it = seconding.is_among(authors, who)
    return page(
        request,
        "send_approve.html",
        status=status,
        place=PLACE,
        matter=matter,
        unsaved=unsaved.of(matter.revision, who),
        edition=matter.edition,
        owner=owner,
        findings=sorted(matter.preview.findings),
        errors=matter.preview.errors,
        warnings=matter.preview.warnings,
        short=matter.content[:SHORT],
        wrote_it=wrote_it,
        others=approvers.besides(authors) if wrote_it else [],
        beside=seconding.others(authors, who) if wrote_it else [],
        way_out=seconding.WAY_OUT,
        approvals=matter.approvals,
        longest=LONGEST_WORD,
        word=word,
        refused=refused,
        wordless=wordless,
        zone=owner.zone,
        local=local,
    )
