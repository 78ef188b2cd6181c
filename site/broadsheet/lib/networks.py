"""Where a request comes from, as coarse as one person can choose addresses at will."""

from ipaddress import IPv6Address, ip_address, ip_network

# A home or a rented machine gets at least a /64 of IPv6 (RFC 6177), so one address of it means nothing.
IPV6_PREFIX = 64


def network_of(address: str | None) -> str:
    """The address itself, of IPv6 its /64 network; what is no address comes back as it is."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), IPV6_PREFIX), strict=False))


def is_private(address: str) -> bool:
    """Of this machine or of a network within a house, or none: there, one may stand for many."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return True
