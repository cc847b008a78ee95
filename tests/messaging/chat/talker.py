"""Somebody who talks about a post, as their client does it over HTTP."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.models import B2BPost

API = "/api/chat/"


def publish_post(author, title="Tormoz kolodkasi 04465-02220", **fields):
    expires_at = timezone.now() + timedelta(days=30)
    return B2BPost.objects.create(
        **{"author": author, "kind": "offer", "title": title, "expires_at": expires_at} | fields
    )


class Talker:
    """`Talker(api(bobur))`. Bodies in, JSON out; a refusal fails the test."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def call(self, method, path, body=None, **headers):
        """The response, whatever it is."""
        path, _mark, query = path.partition("?")
        sent = {"headers": headers, "QUERY_STRING": query.encode().decode("latin-1")}
        if body is not None:
            sent |= {"data": body, "format": "json"}
        return getattr(self.client, method)(API + path, **sent)

    def good(self, status, method, path, body=None, **headers):
        response = self.call(method, path, body, **headers)
        assert response.status_code == status, (response.status_code, response.content)
        return response.json() if response.content else None

    def refusal(self, method, path, body=None):
        """Status and code of a problem."""
        response = self.call(method, path, body)
        assert response["Content-Type"] == "application/problem+json", response.content
        return response.status_code, response.json()["code"]

    def start(self, post, text=None, status=201):
        body = {"post": post.pk} | ({} if text is None else {"text": text})
        return self.good(status, "post", "start/", body)

    def send(self, thread, text="salom", status=201, **more):
        return self.good(status, "post", "send/", {"thread": thread, "text": text, **more})

    def edit(self, message, text):
        return self.good(200, "patch", f"messages/{message}/", {"text": text})

    def delete(self, message):
        return self.good(204, "delete", f"messages/{message}/")

    def read(self, thread, up_to):
        return self.good(200, "post", f"threads/{thread}/read/", {"up_to": up_to})

    def block(self, thread):
        return self.good(204, "post", f"threads/{thread}/block/")

    def unblock(self, thread):
        return self.good(204, "delete", f"threads/{thread}/block/")

    def report(self, thread, reason="haqorat"):
        return self.good(201, "post", f"threads/{thread}/report/", {"reason": reason})

    def thread(self, thread):
        return self.good(200, "get", f"threads/{thread}/")

    def threads(self, query=""):
        return self.good(200, "get", f"threads/{query}")

    def messages(self, thread, query=""):
        return self.good(200, "get", f"threads/{thread}/messages/{query}")

    def search(self, words, more=""):
        return self.good(200, "get", f"search/?q={words}{more}")

    def texts(self, thread, query=""):
        return [message["text"] for message in self.messages(thread, query)]
