"""Who deletes the account while a change of its company is under way."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from core.errors import NotFound
from core.sql import rows
from ledger.actions.erasure import erase_account
from marketplace.actions.moderation import reject_post
from marketplace.actions.posts import create_post
from marketplace.actions.profiles import edit_profile
from marketplace.models import B2BProfile
from tests.race import behind

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_of_it_comes_back(aziza, enable, queue):
    enable(aziza)

    def erase():
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())

    def rename():
        with pytest.raises(NotFound):
            edit_profile(account_id=aziza.pk, changes={"company_name": "Aziza Savdo"})

    behind(erase, rename)
    assert B2BProfile.objects.get().company_name == ""


def test_of_a_moderator_waits_for_the_verdict(aziza, charos, enable, subscribe, queue):
    """The verdict points at charos, and locks her row, before it holds aziza's list."""
    enable(aziza)
    subscribe(aziza)
    now = timezone.now()
    post = create_post(account_id=aziza.pk, content={"kind": "offer", "title": "Disk"}, now=now)

    def reject():
        reject_post(post_id=post["id"], by=charos.pk, reason="Reklama", now=now)

    def free_number():
        with pytest.raises(OperationalError, match="could not obtain lock"):
            rows("SELECT id FROM ledger_user WHERE id = %s FOR UPDATE NOWAIT", [charos.pk])

    behind(reject, free_number)
