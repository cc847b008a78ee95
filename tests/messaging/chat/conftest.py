"""aziza sells a part and bobur asks about it; charos is the outsider."""

import pytest

from messaging.models import ChatThread
from tests.messaging.chat.talker import Talker, publish_post


@pytest.fixture
def post(aziza):
    """What aziza offers."""
    return publish_post(aziza)


@pytest.fixture
def seller(api, aziza):
    return Talker(api(aziza))


@pytest.fixture
def buyer(api, bobur):
    return Talker(api(bobur))


@pytest.fixture
def outsider(api, charos):
    return Talker(api(charos))


@pytest.fixture
def thread(post, aziza, bobur):
    """The id of their talk, in which nothing is written yet."""
    made = ChatThread.objects.create(post=post, post_title=post.title, buyer=bobur, seller=aziza)
    return made.pk
