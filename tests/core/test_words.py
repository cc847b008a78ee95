"""Phones, names, money and times, as people write them and as clients read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.folding import digits_of, fold_name, fold_part_number
from core.logs import redact
from core.money import money, spoken_money
from core.phones import is_uzbek_mobile, mask_phone, normalize_phone
from core.times import day_start, iso, local_date, local_days


class TestNormalizePhone:
    @pytest.mark.parametrize(
        "spelling",
        [
            "+998 90 123-45-67", "998901234567", "901234567", "+998901234567", "90 123 45 67",
            "(90) 123-45-67", "998 (90) 123 45 67", " +998-90-123-45-67 ", "+998.90.123.45.67",
            "00998901234567", "+998\u00a090\u00a01234567",
        ],
    )  # fmt: skip
    def test_reads_any_usual_uzbek_spelling(self, spelling):
        assert normalize_phone(spelling) == "+998901234567"

    def test_takes_numbers_of_other_countries(self):
        assert normalize_phone("+7 701 123 45 67") == "+77011234567"

    @pytest.mark.parametrize(
        "spelling",
        [
            "", "12", "abc", "+99890123456", "+9989012345678", "9012345678901234567", "+",
            "+998 90 123 45 6x", "٩٠١٢٣٤٥٦٧", "+000000000", "90123456", "+998901234567;ext=1",
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_number(self, spelling):
        with pytest.raises(ValueError, match="phone number"):
            normalize_phone(spelling)

    def test_knows_which_can_get_a_code(self):
        assert is_uzbek_mobile("+998901234567")
        assert not any(map(is_uzbek_mobile, ["+998711234567", "+998961234567", "+77011234567"]))

    def test_masks_all_but_the_ends(self):
        assert mask_phone("+998901234567") == "+99890*****67"


class TestFoldName:
    @pytest.mark.parametrize(
        "spellings",
        [
            ("Қўқон", "Qoʻqon", "qo'qon", "QO`QON", "Qöqon", "qo‘qon", "Qo’qon"),
            ("Ғулом", "G'ulom", "Gʻulom", "Ğulom"),
            ("Шарофиддин", "Sharofiddin", "Şarofiddin"),
            ("Чори", "Chori", "Çori"),
            ("Хуршид", "Xurshid", "Hurshid"),
            ("Юлдуз", "Yulduz"),
            ("Яшнар  Ёқубов", " yashnar yoqubov"),
            ("Маъруф", "Ma'ruf", "Maʼruf"),
            ("Елена", "Yelena", "Elena"),
        ],
    )
    def test_gives_one_form_to_every_spelling(self, spellings):
        assert len({fold_name(spelling) for spelling in spellings}) == 1

    def test_keeps_different_names_apart(self):
        assert fold_name("Aziza") != fold_name("Azima")

    def test_digits_are_ascii_only(self):
        assert digits_of("+998 (90) 12٣") == "9989012"


class TestFoldPartNumber:
    @pytest.mark.parametrize(
        "spellings",
        [
            ("04465-02220", "04465 02220", "0446502220", " 04465.02220/", "０４４６５-02220"),
            ("AB-12 CEK", "ab12cek", "АВ-12 СЕК", "ав12сек"),
            ("HMOPTXYIJS", "НМОРТХУІЈЅ"),
        ],
    )
    def test_gives_one_form_to_every_spelling(self, spellings):
        assert len({fold_part_number(spelling) for spelling in spellings}) == 1

    def test_keeps_letters_and_digits_of_ascii_only(self):
        assert fold_part_number("№ Щ-04٣é") == "NO04E"
        assert fold_part_number("щётка!") == "ETKA"
        assert fold_part_number("- / .") == ""


class TestMoney:
    def test_has_two_places(self):
        assert money(Decimal(5)) == "5.00"
        assert money(Decimal("12345678901234.5")) == "12345678901234.50"

    @pytest.mark.parametrize(
        ("amount", "currency", "spoken"),
        [
            ("150000", "UZS", "150 000 so‘m"),
            ("1234567.50", "UZS", "1 234 567.50 so‘m"),
            ("12.5", "USD", "12.50 USD"),
            ("1000", "USD", "1 000.00 USD"),
        ],
    )
    def test_is_spoken_in_groups_that_do_not_break(self, amount, currency, spoken):
        assert spoken_money(Decimal(amount), currency) == spoken.replace(" ", "\u00a0")


class TestTimes:
    def test_always_show_six_digits_and_tashkent(self):
        assert (
            iso(datetime(2026, 8, 8, 10, 3, 49, tzinfo=UTC)) == "2026-08-08T15:03:49.000000+05:00"
        )

    def test_a_local_day_starts_at_nineteen_utc(self):
        assert day_start(date(2026, 11, 21)) == datetime(2026, 11, 20, 19, tzinfo=UTC)
        assert local_date(datetime(2026, 11, 20, 19, tzinfo=UTC)) == date(2026, 11, 21)

    def test_days_are_inclusive_and_half_open(self):
        start, end = local_days(date(2026, 11, 1), date(2026, 11, 1))
        assert (end - start).total_seconds() == 86400
        assert local_days(None, None) == (None, None)

    def test_the_calendar_has_ends(self):
        start, end = local_days(date.min, date.max)
        assert (start.year, end.year) == (1, 9999)


class TestLogLines:
    @pytest.mark.parametrize(
        ("line", "safe"),
        [
            ("call +998901234567 now", "call +99890*****67 now"),
            ("998901234567", "99890*****67"),
            ("Bearer eyJhbGciOi.eyJzdWIi.abc-_1", "Bearer [token]"),
            ("Key (phone_number)=(+77011234567)", "Key (phone_number)=(+770*****67)"),
            ("id 12345678901234567", "id 12345678901234567"),
        ],
    )
    def test_hold_neither_numbers_nor_tokens(self, line, safe):
        assert redact(line) == safe
