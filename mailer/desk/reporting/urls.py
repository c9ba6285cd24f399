"""The addresses of reports at the desk."""

from django.urls import URLPattern, path

from mailer.desk.reporting import of_letter, of_list, of_send

urlpatterns: list[URLPattern] = [
    path("sends/<int:number>/report", of_send.show),
    path("sends/<int:number>/report/letter", of_letter.show),
    path("sends/<int:number>/report/letter/shown", of_letter.shown_letter),
    path("lists/<slug:slug>/report", of_list.show),
]
