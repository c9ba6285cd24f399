"""The addresses of subscribers at the desk: a person is a number there, and never an address."""

from django.urls import path

from mailer.desk.people import acting, searching, showing

urlpatterns = [
    path("", searching.search),
    path("<int:number>", showing.person),
    path("<int:number>/sends/<int:send>", showing.explain),
    path("<int:number>/erase", acting.erase),
    *(path(f"<int:number>/{action}", acting.act, {"action": action}) for action in acting.ACTIONS),
]
