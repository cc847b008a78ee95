"""Lists of talks and messages: their order, their pages, what they cost, their bytes."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from messaging.models import ChatMessage
from messaging.queries.messages import find_own_message
from messaging.queries.threads import find_thread, read_last_message
from messaging.serializers.chat import MessageSerializer, ThreadSerializer
from messaging.serializers.chat_events import message_data, thread_data
from tests.messaging.chat.talker import Talker, publish_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten(buyer, seller, thread):
    for place in range(10):
        (buyer, seller)[place % 2].send(thread, f"{place + 1}")
    return thread


def numbers(messages):
    return [message["number"] for message in messages]


def walk(talker, path):
    """Every page, by its `Link`."""
    pages, path = [], "/api/chat/" + path
    while path:
        response = talker.client.get(path)
        assert response.status_code == 200, response.content
        pages.append(response.json())
        link = response.headers.get("Link")
        path = link and link[1 : link.index(">")].removeprefix("http://testserver")
    return pages


class TestMessages:
    def test_come_newest_first(self, buyer, ten):
        assert numbers(buyer.messages(ten)) == list(range(10, 0, -1))

    def test_before_and_after_a_number(self, buyer, ten):
        assert numbers(buyer.messages(ten, "?before=4")) == [3, 2, 1]
        assert numbers(buyer.messages(ten, "?after=7")) == [8, 9, 10]
        for empty in ("?before=1", "?before=0", "?after=10", f"?after={2**63 - 1}"):
            assert buyer.messages(ten, empty) == []
        assert len(buyer.messages(ten, f"?before={2**63 - 1}")) == 10

    def test_both_are_refused(self, buyer, ten):
        path = f"threads/{ten}/messages/"
        for bad in ("?before=5&after=2", "?before=x", "?after=-1", "?limit=0", "?cursor=x"):
            assert buyer.refusal("get", path + bad) == (400, "invalid")

    @pytest.mark.parametrize(
        ("query", "pages"),
        [
            ("limit=4", [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]),
            ("limit=2&before=5", [[4, 3], [2, 1]]),
            ("limit=2&after=6", [[7, 8], [9, 10]]),
            ("limit=10", [list(range(10, 0, -1))]),
        ],
    )
    def test_go_on_page_by_page(self, buyer, ten, query, pages):
        found = walk(buyer, f"threads/{ten}/messages/?{query}")
        assert [numbers(page) for page in found] == pages

    def test_a_page_never_shifts_when_more_is_written(self, buyer, ten):
        path = f"/api/chat/threads/{ten}/messages/?limit=4"
        link = buyer.client.get(path).headers["Link"]
        buyer.send(ten)
        following = buyer.client.get(link[1 : link.index(">")])
        assert numbers(following.json()) == [6, 5, 4, 3]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 10),
            ("&before=4", 3),
            ("&after=7", 3),
            ("&before=0", 0),
            ("&before=99", 10),
            ("&after=99", 0),
        ],
    )
    def test_are_counted(self, buyer, ten, query, count):
        response = buyer.call("get", f"threads/{ten}/messages/?count=1&limit=1{query}")
        assert response["X-Total-Count"] == str(count)


class TestThreads:
    @pytest.fixture
    def three(self, seller, buyer, outsider, aziza, bobur, charos):
        """aziza sells to two and buys from one."""
        post = publish_post(aziza)
        asked = buyer.start(post, "1")["id"], outsider.start(post, "2")["id"]
        return [*asked, seller.start(publish_post(charos), "3")["id"]]

    def test_come_with_the_latest_talk_first(self, seller, buyer, three):
        assert [thread["id"] for thread in seller.threads()] == three[::-1]
        buyer.send(three[0])
        assert [thread["id"] for thread in seller.threads()] == [three[0], three[2], three[1]]

    def test_go_on_page_by_page(self, seller, three):
        pages = walk(seller, "threads/?limit=1")
        assert [[thread["id"] for thread in page] for page in pages] == [[i] for i in three[::-1]]
        response = seller.call("get", "threads/?count=1&limit=1")
        assert response["X-Total-Count"] == "3"

    def test_reading_editing_and_blocking_move_nothing(self, seller, buyer, three):
        order = [thread["id"] for thread in seller.threads()]
        seller.read(three[0], 1)
        buyer.edit(buyer.messages(three[0])[0]["id"], "0")
        seller.block(three[0])
        assert [thread["id"] for thread in seller.threads()] == order

    def test_refuse_bad_pages(self, seller):
        for bad in ("?limit=0", "?limit=201", "?limit=x", "?cursor=x", "?count=2"):
            assert seller.refusal("get", f"threads/{bad}") == (400, "invalid")


class TestCost:
    def statements(self, talker, path):
        with CaptureQueriesContext(connection) as captured:
            assert talker.call("get", path).status_code == 200
        return len(captured)

    def test_is_the_same_for_few_rows_and_for_many(
        self, api, seller, aziza, ten, django_user_model
    ):
        costs = {
            "threads/": 2,
            f"threads/{ten}/": 3,
            f"threads/{ten}/messages/": 3,
            f"threads/{ten}/messages/?after=3&count=1": 3,
            "search/?q=salom": 2,
        }
        assert {path: self.statements(seller, path) for path in costs} == costs
        post = publish_post(aziza)
        for place in range(12):
            person = django_user_model.objects.create(phone_number=f"+9989011200{place:02}")
            asker = Talker(api(person))
            thread = asker.start(post, "salom")["id"]
            for talker in (seller, asker):
                talker.send(thread, "salom")
        assert {path: self.statements(seller, path) for path in costs} == costs

    def test_of_a_message_is_five_statements(self, buyer, thread):
        """Who asks; hold the thread; write; the other side's line; everybody's events."""
        buyer.send(thread)
        with CaptureQueriesContext(connection) as captured:
            buyer.send(thread)
        statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(statements) == 5


class TestBytes:
    """Lists are JSON made by the database; the serializers say what it must look like."""

    ODD = 'a"b\\c/d\n\t\u0001<&>\u2028\u2029 ё 😀 \x7f'

    @pytest.fixture
    def odd(self, buyer, seller, thread, bobur):
        bobur.full_name = self.ODD
        bobur.save()
        first = buyer.send(thread, self.ODD, client_id="7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11")
        buyer.edit(buyer.send(thread)["id"], self.ODD)
        buyer.delete(buyer.send(thread)["id"])
        buyer.send(thread, self.ODD)
        seller.read(thread, first["number"])
        seller.block(thread)
        return thread

    def test_of_a_message_are_the_serializers(self, seller, thread, odd):
        body = seller.call("get", f"threads/{thread}/messages/").content
        for message in ChatMessage.objects.order_by("-number"):
            described = MessageSerializer(message).data
            rendered = JSONRenderer().render(described)
            assert rendered in body
            assert json.loads(rendered) in seller.messages(thread)

    def test_of_a_thread_are_those_of_events_and_single_answers(
        self, seller, buyer, odd, aziza, bobur
    ):
        for talker, person in ((seller, aziza), (buyer, bobur)):
            reader = person.pk
            row = find_thread(odd, reader)
            said = thread_data(row, reader, read_last_message(row))
            rendered = JSONRenderer().render(said)
            assert talker.call("get", "threads/").content == b"[" + rendered + b"]"
            assert talker.call("get", f"threads/{odd}/").content == rendered
            fields = ThreadSerializer().fields
            assert list(said) == list(fields)
            assert list(said["last_message"]) == list(fields["last_message"].fields)

    def test_of_an_empty_talk_too(self, seller, thread):
        rendered = JSONRenderer().render(seller.thread(thread))
        assert seller.call("get", "threads/").content == b"[" + rendered + b"]"

    def test_of_a_message_in_events_are_the_same(self, buyer, thread):
        sent = buyer.send(thread, self.ODD)
        assert message_data(find_own_message(sent["id"], sent["sender"])) == sent
