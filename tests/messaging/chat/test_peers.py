"""Who hears of whom: typing, coming and going, and posts that change."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.action import action
from core.events import MAX_RECIPIENTS, publish
from marketplace.actions.posts import edit_post
from marketplace.contacts import has_contact
from messaging.actions.post_readers import tell_older_talks
from messaging.models import ChatThread
from messaging.queries import peers
from messaging.queries.peers import peers_in_thread, peers_of
from realtime import presence
from tests.jobs.queue import jobs
from tests.messaging.chat.talker import publish_post

pytestmark = pytest.mark.django_db


class TestTyping:
    def test_is_heard_by_the_other_side(self, thread, aziza, bobur):
        assert list(peers_in_thread(aziza.pk, thread)) == [bobur.pk]
        assert list(peers_in_thread(bobur.pk, thread)) == [aziza.pk]

    def test_of_the_outsider_is_heard_by_nobody(self, thread, charos):
        assert not peers_in_thread(charos.pk, thread)
        assert not peers_in_thread(charos.pk, 2**40)

    def test_is_heard_by_nobody_in_a_blocked_talk(self, thread, seller, aziza, bobur):
        seller.block(thread)
        assert not peers_in_thread(aziza.pk, thread)
        assert not peers_in_thread(bobur.pk, thread)
        seller.unblock(thread)
        assert peers_in_thread(bobur.pk, thread)

    def test_is_asked_of_the_chat_by_the_socket(self):
        assert peers_in_thread in presence._thread_peers
        assert peers_of in presence._peers


class TestPresence:
    def test_is_told_to_who_talks_with_one(self, thread, outsider, aziza, bobur, charos, post):
        outsider.start(post)
        found = peers_of([aziza.pk, bobur.pk, charos.pk])
        assert {who: set(whom) for who, whom in found.items()} == {
            aziza.pk: {bobur.pk, charos.pk},
            bobur.pk: {aziza.pk},
            charos.pk: {aziza.pk},
        }

    def test_is_told_through_no_blocked_talk(self, thread, buyer, seller, aziza, bobur):
        buyer.block(thread)
        assert peers_of([aziza.pk, bobur.pk]) == {}
        seller.start(publish_post(bobur))
        assert {who: set(whom) for who, whom in peers_of([aziza.pk]).items()} == {
            aziza.pk: {bobur.pk}
        }

    def test_is_told_to_a_bounded_number_in_one_query(
        self, aziza, bobur, monkeypatch, django_user_model
    ):
        monkeypatch.setattr(peers, "MAX_TALKS", 3)
        post = publish_post(aziza)
        askers = many(django_user_model, post, 5)
        with CaptureQueriesContext(connection) as captured:
            found = peers_of([aziza.pk, bobur.pk])
        assert len(captured) == 1
        assert set(found[aziza.pk]) == {asker.pk for asker in askers[-3:]}


@action
def tell_changed(*, to, data):
    publish("post.changed", to=to, data=data)


class TestPosts:
    def test_change_is_heard_by_the_talks_other_sides(self, post, thread, published, aziza, bobur):
        tell_changed(to=[aziza.pk], data={"id": post.pk, "title": post.title})
        assert published[0].to == tuple(sorted([aziza.pk, bobur.pk]))

    @pytest.mark.parametrize("others", [0, 1, MAX_RECIPIENTS + 1])
    def test_change_is_heard_by_everybody_once_however_many(
        self, post, published, aziza, django_user_model, others
    ):
        askers = many(django_user_model, post, MAX_RECIPIENTS - 1 + others)
        tell_changed(to=[aziza.pk], data={"id": post.pk, "title": post.title})
        waiting = jobs("args", of="messaging.tell_post")
        assert len(waiting) == (1 if others else 0)
        for arguments in waiting:
            tell_older_talks(**json.loads(arguments), now=timezone.now())
        told = [account for event in published for account in event.to]
        assert sorted(told) == sorted([aziza.pk, *(asker.pk for asker in askers)])
        assert all(len(event.to) <= MAX_RECIPIENTS for event in published)
        assert all(event.data["status"] == "published" for event in published[1:])

    def test_take_a_new_title_into_their_talks(self, post, thread, seller, buyer, outsider):
        outsider.start(publish_post(post.author))
        edit_post(
            account_id=post.author_id,
            post_id=post.pk,
            changes={"title": "Yangi"},
            now=timezone.now(),
        )
        for talker in (seller, buyer):
            assert talker.thread(thread)["post"] == {"id": post.pk, "title": "Yangi"}
        assert outsider.threads()[0]["post"]["title"] == post.title

    def test_know_whether_anybody_asked(self, post, buyer):
        assert not has_contact(post.pk)
        buyer.start(post)
        assert has_contact(post.pk)


def many(people, post, number):
    """Talks about the post, each later than the one before."""
    askers = [people.objects.create(phone_number=f"+99890222{n:04}") for n in range(number)]
    for asker in askers:
        ChatThread.objects.create(
            post=post,
            post_title=post.title,
            buyer=asker,
            seller_id=post.author_id,
            updated_at=timezone.now(),
        )
    return askers
