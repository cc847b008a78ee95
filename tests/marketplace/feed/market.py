"""Posts as rows of any age, and the list of them as somebody reads it."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.models import B2BPost
from marketplace.queries.folded import folded

POSTS = "/api/b2b/posts/"


def put_up(author, title, *, days_ago=0, seconds_ago=0, **fields):
    """A post as the database has it, published so long ago and still on show."""
    now = timezone.now()
    at = now - timedelta(days=days_ago, seconds=seconds_ago)
    known = {
        "kind": "offer",
        "created_at": at,
        "updated_at": at,
        "expires_at": now + timedelta(days=30),
    }
    post = B2BPost(author=author, title=title, **known | fields)
    if post.price is not None:
        post.price = Decimal(post.price)
    for column, text in folded(post).items():
        setattr(post, column, text)
    post.save(force_insert=True)
    return post


class Market:
    """What a reader gets: titles, as they are easy to compare."""

    def __init__(self, client):
        self.client = client

    def answer(self, **query):
        return self.client.get(POSTS, query)

    def posts(self, **query):
        answer = self.answer(**query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def titles(self, **query):
        return [post["title"] for post in self.posts(**query)]

    def pages(self, between=lambda: None, **query):
        """Titles of each page; `between` is called before every page but the first."""
        answer = self.answer(**query)
        while True:
            assert answer.status_code == 200, answer.content
            yield [post["title"] for post in answer.json()]
            if "Link" not in answer:
                return
            between()
            answer = self.client.get(answer["Link"].split(">")[0].removeprefix("<"))

    def all_pages(self, between=lambda: None, **query):
        return [title for page in self.pages(between, **query) for title in page]
