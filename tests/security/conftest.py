"""Rows of aziza's in every part of the product, and the people who try to reach them."""

import pytest

from ledger.models import BookMember
from marketplace.models import B2BPost
from messaging.models import Notification
from tests.conftest import make_person, open_session
from tests.ledger.book.conftest import debtor, member, shop, world  # noqa: F401
from tests.marketplace.billing.desk import sell_plans
from tests.marketplace.posts.conftest import enable, media, picture, subscribe  # noqa: F401
from tests.marketplace.posts.dealer import Dealer
from tests.messaging.chat.talker import Talker


@pytest.fixture
def rows(world, api, aziza, bobur, enable, subscribe, picture):  # noqa: F811
    """Ids of what is aziza's, by the names that `calls` uses."""
    sell_plans()
    enable(aziza)
    subscribe(aziza)
    dealer, talker = Dealer(api(aziza)), Talker(api(aziza))
    post, hidden = dealer.publish()["id"], dealer.publish(title="Disk")["id"]
    image, hidden_image = (dealer.add_image(each, picture())["id"] for each in (post, hidden))
    thread = Talker(api(bobur)).start(B2BPost(pk=post), "maxfiy")["id"]
    dealer.patch(f"posts/{hidden}/", {"status": "closed"})
    return world | {
        "session": open_session(aziza).pk,
        "post": post,
        "image": image,
        "hidden": hidden,
        "hidden_image": hidden_image,
        "search": dealer.post("searches/", {"name": "Kolodka", "filters": {"q": "kolodka"}})["id"],
        "thread": thread,
        "message": talker.send(thread, "bor, keling")["id"],
        "notification": Notification.objects.filter(user=aziza).latest("pk").pk,
    }


@pytest.fixture
def dealer_charos(charos, enable, subscribe):  # noqa: F811
    """Charos may post: aziza's equal, with nothing of hers."""
    enable(charos, "Charos Parts")
    subscribe(charos)
    return charos


@pytest.fixture
def people(dealer_charos, world, aziza):  # noqa: F811
    """By the names of the matrix. Who is not in it has not signed in."""
    return {
        "owner": aziza,
        "outsider": dealer_charos,
        "not enabled": make_person("Nodir Nosirov", "+998901110010"),
        "cashier": BookMember.objects.get(pk=world["member"]).user,
        "staff": make_person("Sevara Staff", "+998901110011", is_staff=True),
        "superuser": make_person("Sardor Boss", "+998901110012", is_staff=True, is_superuser=True),
    }
