"""The chapters of the first day about plans, posts, talks and notifications."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.actions.profiles import set_flag
from marketplace.actions.subscriptions import activate_subscription
from marketplace.models import Subscription
from tests.docs.telling import Story
from tests.marketplace.posts.drawing import make_picture

CLIENT_ID = "0b6b3f6e-6f0f-4b0e-9a51-3c1d3f5f0c11"
OFFER = {
    "kind": "offer",
    "title": "Tormoz kolodkasi Toyota",
    "body": "Old kolodkalar, asl, qutida.",
    "part_number": "04465-02220",
    "brand": "Toyota",
    "price": "380000.00",
    "region": "UZ-TK",
}


def trade(story: Story, aziza: APIClient) -> None:
    """A company and its plan; the operator's part is done in the admin."""
    story.tell("plans", aziza, "get", "/api/billing/plans/")
    story.tell("subscribe", aziza, "post", "/api/billing/subscribe/", {"plan": "pro"})
    asked = Subscription.objects.get(status="pending")
    activate_subscription(subscription_id=asked.pk, by=None, reason="to‘landi", now=timezone.now())
    story.tell("billing_me", aziza, "get", "/api/billing/me/")
    story.tell("b2b_regions", aziza, "get", "/api/b2b/regions/")
    company = {"company_name": "Aziza Avto", "about": "Ehtiyot qismlar", "region": "UZ-TK"}
    profile = story.tell("b2b_profile_update", aziza, "patch", "/api/b2b/profile/", company)
    set_flag(profile_ids=[profile["id"]], flag="is_enabled", value=True)
    story.tell("b2b_profile", aziza, "get", "/api/b2b/profile/")


def publish(story: Story, aziza: APIClient) -> int:
    post_id: int = story.tell("post_create", aziza, "post", "/api/b2b/posts/", OFFER)["id"]
    path = f"/api/b2b/posts/{post_id}/"
    for name in ("orqa.jpg", "old.jpg"):
        picture = SimpleUploadedFile(name, make_picture(), content_type="image/jpeg")
        image = story.upload("post_image_add", aziza, f"{path}images/", image=picture)
    images = aziza.get(path).json()["images"]
    story.tell("post_image_remove", aziza, "delete", f"{path}images/{images[0]['id']}/")
    assert images[1] == image
    story.tell("post", aziza, "get", path)
    story.tell("post_replace", aziza, "put", path, {**OFFER, "price": "370000.00"})
    story.tell("post_update", aziza, "patch", path, {"status": "closed"})
    story.tell("post_renew", aziza, "post", f"{path}renew/")
    story.tell("posts", aziza, "get", "/api/b2b/posts/?q=kolodka&region=UZ-TK&limit=2")
    search = {"name": "Toyota kolodkasi", "filters": {"q": "kolodka", "brand": "Toyota"}}
    kept = story.tell("search_create", aziza, "post", "/api/b2b/searches/", search)
    story.tell("searches", aziza, "get", "/api/b2b/searches/")
    story.tell("search", aziza, "get", f"/api/b2b/searches/{kept['id']}/")
    story.tell("search_delete", aziza, "delete", f"/api/b2b/searches/{kept['id']}/")
    return post_id


def ask_about(story: Story, post_id: int, *, seller: APIClient, buyer: APIClient) -> None:
    first = {"post": post_id, "text": "Assalomu alaykum, hali bormi?"}
    thread = story.tell("chat_start", buyer, "post", "/api/chat/start/", first)["id"]
    path = f"/api/chat/threads/{thread}/"
    story.tell("chat_threads", seller, "get", "/api/chat/threads/")
    answer = {"thread": thread, "text": "Bor, nechta kerk?", "client_id": CLIENT_ID}
    sent = story.tell("chat_send", seller, "post", "/api/chat/send/", answer)
    message = f"/api/chat/messages/{sent['id']}/"
    story.tell("chat_message_edit", seller, "patch", message, {"text": "Bor, nechta kerak?"})
    story.tell("chat_messages", buyer, "get", f"{path}messages/")
    story.tell("chat_search", buyer, "get", "/api/chat/search/?q=nechta")
    story.tell("chat_read", buyer, "post", f"{path}read/", {"up_to": sent["number"]})
    story.tell("chat_thread", buyer, "get", path)
    story.tell("chat_message_delete", seller, "delete", message)
    story.tell("chat_report", buyer, "post", f"{path}report/", {"reason": "Firibgarlik"})
    story.tell("chat_block", buyer, "post", f"{path}block/")
    story.tell("chat_unblock", buyer, "delete", f"{path}block/")


def read_notifications(story: Story, aziza: APIClient) -> None:
    lines = story.tell("notifications", aziza, "get", "/api/notifications/?unread=1")
    settings = "/api/notifications/settings/"
    story.tell("notification_settings_update", aziza, "patch", settings, {"muted": ["post_match"]})
    story.tell("notification_settings", aziza, "get", settings)
    some = {"ids": [lines[0]["id"]]}
    story.tell("notifications_read", aziza, "post", "/api/notifications/read/", some)
    story.tell("notifications_read_all", aziza, "post", "/api/notifications/read-all/", {})
