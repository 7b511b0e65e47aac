"""A school's CAS server: django-cas-server with two persons, and the REST protocol, which it does not have, beside it.

usage: django_cas.py PORT AUTHORITY [PEOPLE], in a directory of its own. AUTHORITY is the PEM file behind proxy callbacks;
PEOPLE a JSON file of other persons, attributes by their login.
"""

import json
import os
import socket
import sys

import django
from django.conf import settings

port, authority, *people = sys.argv[1:]
# What it calls is on this machine. Browsers know names below localhost, resolvers rarely.
os.environ["no_proxy"] = "*"
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda name, *rest, **more: resolve(
    "127.0.0.1" if str(name).endswith(".localhost") else name, *rest, **more
)

PEOPLE = {
    "adupont": {
        "displayName": "Aline Dupont",
        "mail": "aline.dupont@etu.example",
        "supannEtuId": "22204518",
        "eduPersonAffiliation": ["student", "member"],
        "memberOf": ["cn=l3-info,ou=groups", "cn=R & D <\"labo\">,ou=groups"],
    },
    "bmartin": {
        "displayName": "Benoît Martin",
        "mail": "benoit.martin@example",
        "supannEmpId": "1042",
        "eduPersonAffiliation": "faculty",
    },
}
if people:
    PEOPLE = json.load(open(people[0], encoding="utf-8"))


class People:
    """What django-cas-server asks about a person. The password is `demo`."""

    def __init__(self, username):
        self.username = username

    def test_password(self, password):
        return self.username in PEOPLE and password == "demo"

    def attributs(self):
        return PEOPLE.get(self.username, {})


APPS = ["contenttypes", "auth", "sessions", "messages", "staticfiles", "humanize"]

settings.configure(
    SECRET_KEY="testbed",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[f"django.contrib.{name}" for name in APPS] + ["cas_server"],
    # Tables as the models are, at once: replaying all migrations takes longer than the tests.
    MIGRATION_MODULES={name: None for name in APPS + ["cas_server"]},
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "cas.sqlite", "OPTIONS": {"timeout": 20}}},
    CAS_AUTH_CLASS=People,
    CAS_PROXY_CA_CERTIFICATE_PATH=authority,
    # Nothing leaves this machine: not the browser for styles, not the server to learn whether it is the newest.
    CAS_COMPONENT_URLS={name: "data:," for name in ["bootstrap4_css", "bootstrap4_js", "jquery"]},
    CAS_NEW_VERSION_HTML_WARNING=False,
    CAS_NEW_VERSION_EMAIL_WARNING=False,
)
django.setup()

from cas_server import models
from cas_server.default_settings import SessionStore
from django.core.management import call_command
from django.core.servers import basehttp
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def granting(request):
    """POST /v1/tickets: a user and a password for a ticket-granting ticket."""
    name, password = request.POST.get("username"), request.POST.get("password")
    if not People(name).test_password(password):
        return HttpResponse(status=401)
    session = SessionStore()
    session.update({"username": name, "authenticated": True})
    session.create()
    models.User.objects.create(username=name, session_key=session.session_key)
    place = request.build_absolute_uri(f"tickets/TGT-{session.session_key}")
    return HttpResponse(status=201, headers={"Location": place})


@csrf_exempt
def service(request, key):
    """POST /v1/tickets/TGT-…: a service ticket. DELETE: signs out, which tells all services."""
    user = models.User.objects.filter(session_key=key).first()
    if user is None:
        return HttpResponse(status=404)
    if request.method == "DELETE":
        user.logout()
        user.delete()
        return HttpResponse()
    wanted = request.POST.get("service", "")
    try:
        pattern = models.ServicePattern.validate(wanted)
    except models.ServicePattern.DoesNotExist:
        return HttpResponse(status=400)
    return HttpResponse(user.get_ticket(models.ServiceTicket, wanted, pattern, True).value, content_type="text/plain")


urlpatterns = [
    path("cas/v1/tickets", granting),
    path("cas/v1/tickets/TGT-<str:key>", service),
    path("cas/", include("cas_server.urls", namespace="cas_server")),
]

call_command("migrate", run_syncdb=True, verbosity=0)
rights = {"proxy": True, "proxy_callback": True, "single_log_out": True}
declared = models.ServicePattern.objects.create(
    name="campuses", pattern=r"^https?://(127\.0\.0\.1|([a-z]+\.)?localhost)(:[0-9]+)?/api/", pos=1, **rights
)
for attribute in sorted({name for person in PEOPLE.values() for name in person}):
    declared.attributs.create(name=attribute)

basehttp.run("127.0.0.1", int(port), basehttp.get_internal_wsgi_application(), threading=True)
