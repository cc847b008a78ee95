"""Who is calling: the address limits are counted by."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class ClientAddress:
    """`network` is the /24 (IPv4) or /64 (IPv6): what one subscriber can change at will.

    `counted` is false for a direct loopback peer, i.e. the machine itself.
    """

    ip: str
    network: str
    counted: bool


def client_address(request: HttpRequest) -> ClientAddress:
    """The peer, or whom our own proxies say it is.

    `X-Forwarded-For` counts only when a trusted proxy sent it, read from the right, past our
    own proxies: what stands further left was written by the client.
    """
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    if peer is None or not _is_trusted(peer):
        return _client(peer, counted=peer is not None and not peer.is_loopback)
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _parse(hop.strip())
        if address is None:
            break
        if not _is_trusted(address) or address.is_loopback:
            return _client(address, counted=True)
    return _client(peer, counted=not peer.is_loopback)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _networks(listed: tuple[str, ...]) -> tuple:  # type: ignore[type-arg]
    return tuple(ip_network(entry, strict=False) for entry in listed)


def _client(address: Address | None, *, counted: bool) -> ClientAddress:
    if address is None:
        return ClientAddress(ip="", network="", counted=counted)
    prefix = 24 if address.version == 4 else 64
    network = ip_network(f"{address}/{prefix}", strict=False)
    return ClientAddress(ip=str(address), network=str(network), counted=counted)
