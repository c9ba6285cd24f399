"""The addresses of editions at the desk."""

from django.urls import URLPattern, path

from mailer.desk.editions import beginning, board, history, keeping, listing, preview, writing
from mailer.desk.sends import approving, due, scheduling, testlist

urlpatterns: list[URLPattern] = [
    path("calendar", due.month),
    path("editions/<int:number>/approve", approving.approve),
    path("editions/<int:number>/schedule", scheduling.schedule),
    path("editions/<int:number>/test", testlist.test),
    path("", listing.ls),
    path("token", keeping.token),
    path("editions/new", beginning.new),
    path("editions/<int:number>", writing.edition),
    path("editions/<int:number>/draft", keeping.draft),
    path("editions/<int:number>/letter", preview.letter),
    path("editions/<int:number>/preview", preview.preview),
    path("editions/<int:number>/history", history.history),
    path("editions/<int:number>/board", board.board),
    path("editions/<int:number>/board/change", board.change),
]
