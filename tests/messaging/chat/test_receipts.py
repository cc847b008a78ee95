"""How far each has read, and what that leaves unread."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(buyer, seller, thread):
    """bobur writes three, aziza answers twice."""
    for talker in (buyer, seller, buyer, buyer, seller):
        talker.send(thread)
    return thread


def pointers(talker, thread):
    shown = talker.thread(thread)
    return shown["read_up_to"], shown["peer_read_up_to"], shown["unread_count"]


class TestRead:
    def test_counts_what_the_other_wrote_after_the_pointer(self, buyer, seller, five):
        assert (pointers(seller, five), pointers(buyer, five)) == ((0, 0, 3), (0, 0, 2))
        assert seller.read(five, 3) == {"read_up_to": 3, "unread_count": 1}
        assert seller.read(five, 5) == {"read_up_to": 5, "unread_count": 0}
        assert (pointers(seller, five), pointers(buyer, five)) == ((5, 0, 0), (0, 5, 2))

    def test_never_goes_back(self, seller, five):
        seller.read(five, 4)
        for earlier in (0, 1, 4):
            assert seller.read(five, earlier) == {"read_up_to": 4, "unread_count": 0}

    def test_ends_at_the_last_message(self, seller, buyer, five):
        assert seller.read(five, 2**63 - 1) == {"read_up_to": 5, "unread_count": 0}
        buyer.send(five)
        assert pointers(seller, five) == (5, 0, 1)

    def test_writing_is_not_reading(self, seller, five):
        seller.send(five)
        assert pointers(seller, five) == (0, 0, 3)

    def test_a_deleted_message_keeps_its_place_in_the_count(self, buyer, seller, five):
        last = buyer.send(five)
        buyer.delete(last["id"])
        assert pointers(seller, five) == (0, 0, 4)
        assert seller.read(five, 5) == {"read_up_to": 5, "unread_count": 1}

    @pytest.mark.parametrize("up_to", [None, -1, "x", 2**63, True, [], 1.5])
    def test_refuses_what_is_no_number(self, seller, five, up_to):
        path, body = f"threads/{five}/read/", {"up_to": up_to}
        assert seller.refusal("post", path, body) == (400, "invalid")

    def test_of_an_empty_talk_is_nothing(self, seller, thread):
        assert seller.read(thread, 3) == {"read_up_to": 0, "unread_count": 0}


class TestNotification:
    """One unread line for the talk, which goes when it is read."""

    def lines(self, talker):
        return [
            (line["kind"], line["count"], line["data"]["thread"])
            for line in talker.client.get("/api/notifications/?unread=1").json()
        ]

    def test_counts_messages_and_goes_when_they_are_read(self, buyer, seller, five):
        assert self.lines(seller) == [("message", 3, five)]
        seller.read(five, 3)
        assert self.lines(seller) == [("message", 1, five)]
        seller.read(five, 5)
        assert self.lines(seller) == []
        assert self.lines(buyer) == [("message", 2, five)]

    def test_says_who_wrote_and_how_it_begins(self, buyer, seller, thread):
        buyer.send(thread, "a" * 99 + " " + "b" * 50)
        (line,) = seller.client.get("/api/notifications/").json()
        assert "Bobur Aliyev" in line["title"]
        assert line["body"] == "a" * 99 + "…"
