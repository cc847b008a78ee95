"""Who deletes the account while a change of its company is under way."""

import pytest
from django.utils import timezone

from core.errors import NotFound
from ledger.actions.erasure import erase_account
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
