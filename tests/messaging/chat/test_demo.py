"""The demo's talks: something unread, something read, in both alphabets; made once."""

import io

import pytest
from django.core.management import call_command

from core.demo import PASSWORD
from messaging.models import ChatMessage, ChatThread
from tests.messaging.chat.talker import Talker

pytestmark = pytest.mark.django_db

AZIZA, BOBUR, CHAROS = "+998901110001", "+998901110002", "+998901110003"


@pytest.fixture(autouse=True)
def filled(settings, tmp_path):
    settings.DEBUG = True
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", stdout=io.StringIO())


def talker(client, number):
    body = {"phone_number": number, "password": PASSWORD}
    access = client.post("/api/v1/login/", body, format="json").json()["tokens"]["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return Talker(client)


def test_shows_a_dealer_what_is_asked(anyone):
    charos = talker(anyone, CHAROS)
    threads = charos.threads()
    assert [thread["unread_count"] for thread in threads] == [1, 1]
    assert threads[0]["peer"]["full_name"] == "Bobur Aliyev"
    assert len(charos.messages(threads[0]["id"])) == 5


def test_again_adds_nothing():
    before = (ChatThread.objects.count(), ChatMessage.objects.count())
    assert before == (3, 8)
    call_command("demo", stdout=io.StringIO())
    assert (ChatThread.objects.count(), ChatMessage.objects.count()) == before
