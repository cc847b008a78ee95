import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from core import events
from core.action import action
from core.events import Published, TooMuchPublished, notify, publish, register_audience
from core.notices import Text, UnknownText, register_texts

pytestmark = pytest.mark.django_db
register_texts({"group_created": Text("{name}", "")})


@action
def add_group(*, name, fail=False):
    Group.objects.create(name=name)
    publish("group.created", to=[2, 1, 2], data={"name": name})
    notify("system", to=[1], text="group_created", params={"name": name})
    if fail:
        raise ValueError(name)


@action
def add_groups(*, names, forgive=()):
    for name in names:
        try:
            add_group(name=name, fail=name in forgive)
        except ValueError:
            publish("group.failed", to=[1], data={"name": name})


class TestAction:
    def test_hands_over_what_it_published_once_in_order(self, published, notified):
        add_groups(names=["a", "b"])
        assert published == [
            Published("group.created", (1, 2), {"name": "a"}),
            Published("group.created", (1, 2), {"name": "b"}),
        ]
        assert [notice.params["name"] for notice in notified] == ["a", "b"]

    def test_a_failing_write_publishes_nothing(self, published, notified):
        with pytest.raises(ValueError, match="a"):
            add_group(name="a", fail=True)
        assert published == notified == []
        assert not Group.objects.exists()

    def test_a_nested_failure_that_is_caught_takes_its_events_back(self, published, notified):
        add_groups(names=["a", "b", "c"], forgive=["b"])
        assert [(p.event, p.data["name"]) for p in published] == [
            ("group.created", "a"),
            ("group.failed", "b"),
            ("group.created", "c"),
        ]
        assert len(notified) == 2
        assert set(Group.objects.values_list("name", flat=True)) == {"a", "c"}

    def test_hands_over_inside_the_transaction(self, settings):
        settings.EVENT_BACKEND = f"{__name__}.note_transaction"
        seen.clear()
        add_group(name="a")
        assert seen == [True]

    def test_refuses_positional_arguments_when_it_is_defined(self):
        with pytest.raises(TypeError, match="keyword-only"):

            @action
            def positional(name):
                return name

    def test_refuses_to_hold_too_many_streams(self, published):
        @action
        def shout():
            publish("loud", to=range(events.MAX_RECIPIENTS + 1), data={})

        with pytest.raises(TooMuchPublished):
            shout()

    def test_refuses_too_many_events(self, published):
        @action
        def chatter():
            for n in range(events.MAX_EVENTS + 1):
                publish("loud", to=[1], data={"n": n})

        with pytest.raises(TooMuchPublished):
            chatter()


seen = []


def note_transaction(items):
    seen.append(connection.in_atomic_block and not connection.get_autocommit())


class TestPublish:
    def test_outside_an_action_is_a_mistake(self):
        with pytest.raises(RuntimeError), transaction.atomic():
            publish("group.created", to=[1], data={})
        with pytest.raises(RuntimeError, match="inside the action"):
            notify("system", to=[1], text="group_created", params={"name": "a"})

    def test_of_a_sentence_that_nobody_registered_is_a_mistake(self, notified):
        @action
        def mistake(*, kind, text, params):
            notify(kind, to=[1], text=text, params=params)

        for kind, text, params in (
            ("system", "x", {"name": "a"}),
            ("gossip", "group_created", {"name": "a"}),
            ("system", "group_created", {}),
        ):
            with pytest.raises(UnknownText):
                mistake(kind=kind, text=text, params=params)
        assert notified == []

    def test_to_nobody_is_nothing(self, published, notified):
        @action
        def whisper():
            publish("quiet", to=[], data={})
            notify("system", to=[], text="group_created", params={"name": "a"})

        whisper()
        assert published == notified == []

    def test_adds_the_audience_that_another_app_registered(self, published, monkeypatch):
        monkeypatch.setattr(events, "_audiences", {})
        register_audience("group.created", lambda data: [len(data["name"]) + 10])
        add_group(name="abc")
        assert published[0].to == (1, 2, 13)
