"""Many at once in one talk, or about one post: nothing doubled, nothing skipped, nobody waits
for ever. A deadlock, or any failure that is not a refusal, is raised by `at_once`."""

from functools import partial
from random import Random
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from core.account import erase
from core.action import action
from core.errors import DomainError
from ledger.models import User
from messaging.actions import pace
from messaging.actions.blocks import block_thread, unblock_thread
from messaging.actions.messages import delete_message, edit_message, send_message
from messaging.actions.receipts import mark_read
from messaging.actions.threads import start_thread
from messaging.models import ChatMessage, ChatThread, Notification
from tests.messaging.chat.talker import publish_post
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)

CLIENT_ID = "7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11"


def attempt(write, **arguments):
    """The answer, or the code of the refusal."""
    try:
        return write(**arguments)
    except DomainError as refusal:
        return refusal.code


class TestFirstContact:
    def test_fifty_at_once_make_one_talk(self, buyer, seller, post):
        body = {"post": post.pk, "text": "bormi?"}
        answers = at_once([partial(buyer.call, "post", "start/", body)] * 50)
        assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        (thread,) = seller.threads()
        assert (thread["unread_count"], thread["last_message"]["number"]) == (50, 50)
        assert len(seller.messages(thread["id"], "?limit=200")) == 50

    def test_a_limit_lets_through_as_many_as_it_says(self, buyer, aziza, monkeypatch):
        monkeypatch.setattr(pace, "NEW_TALKS_A_DAY", 5)
        posts = [publish_post(aziza, f"Qism {place}") for place in range(20)]
        bodies = [{"post": post.pk, "text": "bormi?"} for post in posts]
        answers = at_once([partial(buyer.call, "post", "start/", body) for body in bodies])
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 15
        assert ChatThread.objects.count() == ChatMessage.objects.count() == 5

    def test_two_who_write_to_each_other_do_not_meet_in_a_circle(self, aziza, bobur):
        """Each asks about the other's posts: both are buyer and seller at once."""
        posts = [publish_post(author) for author in (aziza, bobur) for _each in range(15)]
        calls = [
            partial(
                start_thread,
                account_id=(bobur if post.author_id == aziza.pk else aziza).pk,
                post_id=post.pk,
                text="salom",
                now=timezone.now(),
            )
            for post in posts
        ]
        assert all(started.is_new for started in at_once(calls))


class TestSending:
    def test_one_client_id_fifty_times_is_one_message(self, buyer, seller, thread):
        body = {"thread": thread, "text": "salom", "client_id": CLIENT_ID}
        answers = at_once([partial(buyer.call, "post", "send/", body)] * 50)
        assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
        assert {answer.content for answer in answers} == {answers[0].content}
        assert len(seller.messages(thread)) == 1
        assert seller.thread(thread)["unread_count"] == 1

    def test_one_client_id_in_two_talks_is_one_message(self, aziza, bobur):
        threads = [
            start_thread(
                account_id=bobur.pk, post_id=publish_post(aziza).pk, text=None, now=timezone.now()
            ).thread["id"]
            for _each in range(2)
        ]
        calls = [
            partial(
                attempt,
                send_message,
                account_id=bobur.pk,
                thread_id=thread,
                text="salom",
                client_id=UUID(CLIENT_ID),
                now=timezone.now(),
            )
            for thread in threads * 10
        ]
        answers = at_once(calls)
        assert answers.count("client_id_reused") == 10
        assert ChatMessage.objects.count() == 1
        assert sorted(ChatThread.objects.values_list("last_number", flat=True)) == [0, 1]

    def test_numbers_have_no_gaps_and_counts_are_right(self, buyer, seller, thread):
        """Both write, some twice with one client_id, while one reads."""

        def write(talker, client_id):
            body = {"thread": thread, "text": "salom", "client_id": client_id}
            return talker.call("post", "send/", body).status_code

        def read(up_to):
            return seller.read(thread, up_to)

        ids = [str(uuid4()) for _each in range(20)]
        calls = [partial(write, buyer, one) for one in ids + ids]
        calls += [partial(write, seller, str(uuid4())) for _each in range(10)]
        calls += [partial(read, up_to) for up_to in (5, 25, 10, 30, 15)]
        Random(7).shuffle(calls)
        at_once(calls)
        numbers = ChatMessage.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 31))
        self.assert_counts_are_true(thread)
        seller.read(thread, 30)
        assert not Notification.objects.filter(user=thread_of(thread).seller, read_at=None).exists()

    def assert_counts_are_true(self, thread):
        row = thread_of(thread)
        for mine, peer in (("buyer", "seller"), ("seller", "buyer")):
            after = getattr(row, f"{mine}_read_up_to")
            theirs = row.messages.filter(number__gt=after, sender=getattr(row, f"{peer}_id"))
            assert getattr(row, f"{mine}_unread_count") == theirs.count()

    def test_everything_at_once_ends_in_order(self, aziza, bobur, thread):
        """Sending, editing, deleting, reading and blocking by both sides, with a seed."""
        now = timezone.now()
        people = (aziza.pk, bobur.pk)
        sent = [
            send_message(account_id=who, thread_id=thread, text="0", now=now).message
            for who in people * 10
        ]
        kinds = {
            "send": lambda one: partial(send_message, thread_id=thread, text="1", now=now),
            "edit": lambda one: partial(edit_message, message_id=one.id, text="2", now=now),
            "delete": lambda one: partial(delete_message, message_id=one.id, now=now),
            "read": lambda one: partial(mark_read, thread_id=thread, up_to=one.number, now=now),
            "block": lambda one: partial(block_thread, thread_id=thread),
            "unblock": lambda one: partial(unblock_thread, thread_id=thread),
        }
        random = Random(11)
        calls = []
        for _each in range(150):
            one = random.choice(sent)
            kind = random.choices(list(kinds), weights=[8, 4, 3, 6, 1, 2])[0]
            calls.append(partial(attempt, kinds[kind](one), account_id=one.sender_id))
        at_once(calls)
        numbers = ChatMessage.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
        self.assert_counts_are_true(thread)


@action
def erase_person(*, account_id):
    User.objects.select_for_update(no_key=True).get(pk=account_id)
    erase(account_id)
    User.objects.filter(pk=account_id).update(
        deleted_at=timezone.now(), full_name="", phone_number=None, is_active=False
    )


class TestErasure:
    """Who deletes the account while writing leaves no words behind."""

    def test_a_message_behind_it_is_refused(self, bobur, thread):
        write = partial(
            attempt,
            send_message,
            account_id=bobur.pk,
            thread_id=thread,
            text="hali shu yerdaman",
            now=timezone.now(),
        )
        assert behind(partial(erase_person, account_id=bobur.pk), write) == "not_found"
        assert not ChatMessage.objects.exists()

    def test_a_message_before_it_is_erased(self, bobur, thread):
        write = partial(
            send_message, account_id=bobur.pk, thread_id=thread, text="sir", now=timezone.now()
        )
        behind(write, partial(erase_person, account_id=bobur.pk))
        assert ChatMessage.objects.get().text is None

    def test_a_first_contact_behind_it_is_refused(self, bobur, post):
        begin = partial(
            attempt,
            start_thread,
            account_id=bobur.pk,
            post_id=post.pk,
            text="sir",
            now=timezone.now(),
        )
        assert behind(partial(erase_person, account_id=bobur.pk), begin) == "not_found"
        assert not ChatThread.objects.exists()


def thread_of(thread_id):
    return ChatThread.objects.get(pk=thread_id)
