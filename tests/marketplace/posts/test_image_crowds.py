"""More uploads at once than a process has threads for."""

from concurrent.futures import ThreadPoolExecutor, wait

from core.errors import Unavailable
from marketplace import pictures
from tests.marketplace.posts.drawing import make_picture


def test_who_comes_last_is_sent_away_at_once():
    crowd = pictures.PLACES + 3
    with ThreadPoolExecutor(max_workers=crowd) as executor:
        with pictures._turns:  # one is being read
            sent = [
                executor.submit(pictures.encode_picture, make_picture()) for _each in range(crowd)
            ]
            refused = [one for one in sent if wait([one], timeout=1).done]
            assert [type(one.exception()) for one in refused] == [Unavailable] * 3
        taken = [one for one in sent if one not in refused]
        assert [one.result(timeout=60).width > 0 for one in taken] == [True] * pictures.PLACES
