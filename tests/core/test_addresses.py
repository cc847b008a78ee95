import pytest
from django.test import RequestFactory

from core.addresses import client_address


def seen(settings, peer, forwarded=None, trusted=()):
    settings.TRUSTED_PROXIES = list(trusted)
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


class TestClientAddress:
    def test_is_the_peer_when_nobody_is_trusted(self, settings):
        address = seen(settings, "203.0.113.9", "198.51.100.1")
        assert (address.ip, address.network, address.counted) == (
            "203.0.113.9",
            "203.0.113.0/24",
            True,
        )

    def test_does_not_count_a_loopback_peer(self, settings):
        for peer in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", ""):
            assert not seen(settings, peer).counted
            assert not seen(settings, peer, "198.51.100.1").counted

    def test_is_what_a_trusted_proxy_says(self, settings):
        address = seen(settings, "10.0.0.2", "198.51.100.1", ["10.0.0.0/8"])
        assert (address.ip, address.counted) == ("198.51.100.1", True)

    def test_counts_even_loopback_when_a_trusted_proxy_says_so(self, settings):
        address = seen(settings, "127.0.0.1", "127.0.0.1", ["127.0.0.1"])
        assert (address.ip, address.counted) == ("127.0.0.1", True)

    @pytest.mark.parametrize(
        "forged",
        [
            "1.2.3.4",
            "1.2.3.4, 5.6.7.8",
            "127.0.0.1",
            "10.0.0.2",
            "nonsense",
            "",
            " , ,",
            "10.0.0.3",
        ],
    )
    def test_ignores_what_the_client_wrote_in_front(self, settings, forged):
        address = seen(settings, "10.0.0.2", f"{forged}, 198.51.100.7", ["10.0.0.0/8"])
        assert address.ip == "198.51.100.7"

    def test_stops_at_what_is_no_address(self, settings):
        address = seen(settings, "10.0.0.2", "198.51.100.7, garbage", ["10.0.0.0/8"])
        assert address.ip == "10.0.0.2"

    def test_groups_ipv6_by_what_one_subscriber_owns(self, settings):
        assert seen(settings, "2001:db8:1:2:3:4:5:6").network == "2001:db8:1:2::/64"
