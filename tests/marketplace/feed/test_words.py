"""Part numbers and words, however they are spelt."""

import pytest

from tests.marketplace.feed.market import put_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def pads(bobur):
    put_up(bobur, "Disk", part_number="43512-06010")
    return put_up(bobur, "Kolodka", part_number="04465-02220", brand="Toyota")


class TestPartNumbers:
    @pytest.mark.parametrize("name", ["q", "part_number"])
    @pytest.mark.parametrize(
        "spelling",
        ["0446502220", "04465-02220", "4465 022", "04465 02220", "465", "04465-02220.", "02220"],
    )
    def test_are_found_by_any_piece_of_three_characters(self, market, pads, name, spelling):
        assert market.titles(**{name: spelling}) == ["Kolodka"]

    @pytest.mark.parametrize("name", ["q", "part_number"])
    @pytest.mark.parametrize("spelling", ["АВС-12", "abc12", "авс12", "ABC 12X", "аВс12х"])
    def test_are_found_in_either_alphabet(self, market, bobur, name, spelling):
        put_up(bobur, "Latin", part_number="ABC-12x")
        assert market.titles(**{name: spelling}) == ["Latin"]
        B = put_up(bobur, "Kirill", part_number="АВС-12Х")  # noqa: N806
        assert B.part_folded == "ABC12X"
        assert sorted(market.titles(**{name: spelling})) == ["Kirill", "Latin"]

    def test_of_fewer_than_three_characters_are_found_whole(self, market, bobur):
        put_up(bobur, "Short", part_number="A-1")
        put_up(bobur, "Long", part_number="A-12")
        assert market.titles(part_number="a1") == ["Short"]

    @pytest.mark.parametrize("name", ["q", "part_number"])
    def test_that_fold_away_are_nowhere(self, market, pads, name):
        assert market.titles(**{name: "-- /"}) == []

    def test_signs_of_patterns_mean_themselves(self, market, pads):
        assert market.titles(q="0446%2220") == []
        assert market.titles(q="04465_02220") == ["Kolodka"]  # a sign between, as any other
        assert market.titles(q="ko_odka") == []


class TestWords:
    @pytest.mark.parametrize("spelling", ["qoʻqon", "qo'qon", "қўқон", "Qöqon", "QOʻQON", "Қўқон"])
    def test_are_found_in_every_script(self, market, bobur, spelling):
        for title in ("Qoʻqonda un", "qo'qon bozori", "Қўқон нон"):
            put_up(bobur, title)
        put_up(bobur, "Toshkent")
        assert len(market.titles(q=spelling)) == 3

    def test_are_looked_for_in_title_text_and_brand(self, market, bobur):
        put_up(bobur, "Birinchi", body="Tormoz suyuqligi")
        put_up(bobur, "Tormozlar")
        put_up(bobur, "Uchinchi", brand="Tormozavod")
        put_up(bobur, "Boshqa")
        assert market.titles(q="tormoz") == ["Uchinchi", "Tormozlar", "Birinchi"]

    def test_are_all_wanted(self, market, bobur):
        put_up(bobur, "Tormoz kolodkasi", brand="Toyota")
        put_up(bobur, "Tormoz diski", brand="Toyota")
        put_up(bobur, "Kolodka", brand="Kia", part_number="04465-02220")
        assert market.titles(q="toyota, kolodka (tormoz)") == ["Tormoz kolodkasi"]
        assert market.titles(q="kia 4465") == ["Kolodka"]
        assert market.titles(q="toyota 4465") == []

    def test_of_one_or_two_letters_begin_a_word(self, market, bobur):
        put_up(bobur, "Un sotiladi")
        put_up(bobur, "Oliy nav un")
        put_up(bobur, "Tuxum va sabun")
        assert market.titles(q="un") == ["Oliy nav un", "Un sotiladi"]
        assert market.titles(q="o") == ["Oliy nav un"]

    def test_are_found_in_the_text_and_in_the_part_number_by_turns(self, market, bobur):
        """However many of them may stand in either."""
        put_up(bobur, "Kolodka 111 222 333")
        put_up(bobur, "Kolodka 222 333", part_number="9-111-9")
        put_up(bobur, "Kolodka 111", part_number="222-333")
        put_up(bobur, "Kolodka", part_number="333-222-111")
        put_up(bobur, "Kolodka 111 222", part_number="444")
        found = market.titles(q="kolodka 111 222 333", ordering="-created_at")
        assert found == ["Kolodka", "Kolodka 111", "Kolodka 222 333", "Kolodka 111 222 333"]
        assert len(market.titles(q="ko 111 222 333")) == 4
        assert market.titles(q="disk 111") == []

    @pytest.mark.parametrize("word", ["kol", "rele", "porshen", "amortizator", "a%b_c\\d%e", "5%0"])
    def test_are_found_by_the_pieces_that_the_index_is_asked_for(self, market, bobur, word):
        put_up(bobur, "It", body=f"x{word}x")
        put_up(bobur, "Pieces", body=" ".join(word))
        assert market.titles(q=word) == ["It"]

    def test_are_at_most_ten(self, market):
        assert market.answer(q=" ".join("abcdefghij")).status_code == 200
        answer = market.answer(q=" ".join("abcdefghijk"))
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "q"

    def test_left_blank_are_no_filter(self, market, pads):
        assert market.titles(q=" ", part_number="", brand="") == ["Kolodka", "Disk"]


class TestRelevance:
    def test_puts_the_number_itself_first_then_its_beginning_then_pieces_then_words(
        self, market, bobur
    ):
        put_up(bobur, "itself", part_number="123-45", days_ago=9)
        put_up(bobur, "beginning", part_number="123-456", days_ago=5)
        put_up(bobur, "piece", part_number="9-123-45", days_ago=3)
        put_up(bobur, "words 12345", days_ago=1)
        put_up(bobur, "newer beginning", part_number="123-457")
        ranked = ["itself", "newer beginning", "beginning", "piece", "words 12345"]
        assert market.titles(q="12345", ordering="relevance") == ranked
        assert market.titles(q="123 45", ordering="relevance") == [
            title for title in ranked if "words" not in title
        ]
        newest = ["newer beginning", "words 12345", "piece", "beginning", "itself"]
        assert market.titles(q="12345", ordering="-created_at") == newest
        assert market.titles(q="12345") == newest

    def test_without_words_is_the_newest_first(self, market, pads):
        assert market.titles(ordering="relevance") == ["Kolodka", "Disk"]

    def test_ranks_the_newest_thousand(self, market, bobur, monkeypatch):
        monkeypatch.setattr("marketplace.queries.feed_relevance.MOST_RANKED", 3)
        put_up(bobur, "old", part_number="123-45", days_ago=9)
        for title in ("a", "b", "c"):
            put_up(bobur, title, part_number="123-456")
        ranked = {"q": "12345", "ordering": "relevance"}
        assert market.titles(**ranked) == ["c", "b", "a"]
        assert market.answer(**ranked, count=1)["X-Total-Count"] == "3"
        assert market.titles(q="12345", ordering="-created_at") == ["c", "b", "a", "old"]
