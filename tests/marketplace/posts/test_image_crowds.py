"""More uploads at once than a process has threads for."""

from concurrent.futures import ThreadPoolExecutor, wait

from core.errors import Unavailable
from marketplace import pictures
from tests.marketplace.posts.drawing import make_picture


def test_who_comes_last_is_sent_away_soon():
    crowd = pictures.PLACES + 3
    with ThreadPoolExecutor(max_workers=crowd) as executor:
        with pictures._turns:  # one is being read
            sent = [
                executor.submit(pictures.encode_picture, make_picture()) for _each in range(crowd)
            ]
            refused = [one for one in sent if wait([one], timeout=pictures.PLACE_SECONDS + 1).done]
            assert [type(one.exception()) for one in refused] == [Unavailable] * 3
        taken = [one for one in sent if one not in refused]
        assert [one.result(timeout=60).width > 0 for one in taken] == [True] * pictures.PLACES


def test_a_dozen_small_ones_at_once_are_all_taken():
    with ThreadPoolExecutor(max_workers=12) as executor:
        sent = [executor.submit(pictures.encode_picture, make_picture()) for _each in range(12)]
        assert [one.result(timeout=60).width for one in sent] == [60] * 12
