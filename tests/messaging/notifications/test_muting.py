"""Kinds that somebody does not want: no line, no event."""

import pytest

from core.notices import KINDS
from tests.messaging.notifications.conftest import say, write

pytestmark = pytest.mark.django_db


class TestMuted:
    def test_is_nothing_at_first(self, bobur, notifications):
        assert notifications(bobur).muted() == []

    def test_kinds_leave_no_line_and_no_event(self, aziza, bobur, charos, notifications, published):
        notifications(bobur).mute("message")
        write(to=[bobur, charos], by=aziza)
        say(to=[bobur], words="boshqa")
        assert notifications(bobur).said() == [("boshqa", 1)]
        assert [event.to for event in published] == [(charos.pk,), (bobur.pk,)]

    def test_kinds_can_be_heard_again(self, aziza, bobur, notifications):
        his = notifications(bobur)
        his.mute("message", "system")
        his.mute()
        write(to=[bobur], by=aziza)
        assert len(his.list()) == 1

    def test_keeps_the_lines_that_are_there(self, bobur, notifications):
        say(to=[bobur], words="eski")
        notifications(bobur).mute("system")
        say(to=[bobur], words="yangi")
        assert notifications(bobur).said() == [("eski", 1)]


class TestSettings:
    def test_answer_what_is_muted_each_once(self, bobur, notifications):
        his = notifications(bobur)
        assert his.mute("post_match", "debt", "post_match") == {"muted": ["debt", "post_match"]}
        assert his.muted() == ["debt", "post_match"]
        assert his.mute(*KINDS) == {"muted": list(KINDS)}

    def test_without_a_word_change_nothing(self, bobur, notifications):
        his = notifications(bobur)
        his.mute("debt")
        answer = his.client.patch(f"{his.path}settings/", {})
        assert (answer.status_code, answer.json()) == (200, {"muted": ["debt"]})

    @pytest.mark.parametrize(
        "muted", [["gossip"], "debt", [None], [["debt"]], None, ["debt"] * 101]
    )
    def test_refuse_what_is_no_kind(self, bobur, muted, notifications):
        his = notifications(bobur)
        his.mute("debt")
        answer = his.client.patch(f"{his.path}settings/", {"muted": muted})
        assert answer.status_code == 400
        assert his.muted() == ["debt"]

    def test_of_others_stay_as_they_are(self, bobur, charos, notifications):
        notifications(charos).mute("system")
        say(to=[bobur, charos])
        assert notifications(bobur).muted() == []
        assert len(notifications(bobur).list()) == 1
        assert notifications(charos).list() == []
