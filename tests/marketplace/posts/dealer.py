"""Somebody who buys and sells parts, as their client talks to the API."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.models import B2BPost, MonthlyUsage

API = "/api/b2b/"
PADS = {"kind": "offer", "title": "Kolodka", "part_number": "04465-02220"}


class Dealer:
    """`Dealer(api(aziza))`: her client. Bodies in, JSON out; a refusal fails the test."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def call(self, method, path, body=None, **headers):
        """The response, whatever it is."""
        sent = {"headers": headers}
        if body is not None:
            sent |= {"data": body, "format": "json"}
        return getattr(self.client, method)(API + path, **sent)

    def get(self, path):
        return self._good(self.call("get", path), 200)

    def post(self, path="posts/", body=None, status=201, **headers):
        return self._good(self.call("post", path, body or {}, **headers), status)

    def patch(self, path, body):
        return self._good(self.call("patch", path, body), 200)

    def put(self, path, body):
        return self._good(self.call("put", path, body), 200)

    def delete(self, path):
        response = self.call("delete", path)
        assert response.status_code == 204, response.content

    def refusal(self, method, path, body=None):
        """Status and code of a problem."""
        response = self.call(method, path, body)
        assert response["Content-Type"] == "application/problem+json", response.content
        return response.status_code, response.json()["code"]

    def publish(self, **more):
        return self.post("posts/", {**PADS, **more})

    def send(self, post_id, content, *, name="rasm.jpg", **headers):
        """Upload a picture; the response."""
        file = SimpleUploadedFile(name, content, content_type="image/jpeg")
        path = f"{API}posts/{post_id}/images/"
        return self.client.post(path, {"image": file}, format="multipart", headers=headers)

    def add_image(self, post_id, content):
        return self._good(self.send(post_id, content), 201)

    @staticmethod
    def _good(response, status):
        assert response.status_code == status, response.content
        return response.json()


def age(post_id, **ago):
    """As if the post had been published (and everything about it set) that long before."""
    moved = timedelta(**ago)
    post = B2BPost.objects.get(pk=post_id)
    B2BPost.objects.filter(pk=post_id).update(
        created_at=post.created_at - moved,
        updated_at=post.updated_at - moved,
        expires_at=post.expires_at - moved,
    )


def end(post_id):
    """As if its 30 days were over; the schedule has not come to it yet."""
    B2BPost.objects.filter(pk=post_id).update(expires_at=timezone.now())


def hide(dealer, path, state):
    """Have a post leave the show: closed, over (by the clock alone), deleted or rejected."""
    post_id = int(path.split("/")[1])
    if state == "closed":
        dealer.patch(path, {"status": "closed"})
    elif state == "over":
        end(post_id)
    elif state == "deleted":
        dealer.delete(path)
    else:
        posts = B2BPost.objects.filter(pk=post_id)
        posts.update(status="rejected", reject_reason="Reklama")


def used(person):
    """Slots that the account has taken."""
    return sum(MonthlyUsage.objects.filter(user=person).values_list("used", flat=True))
