"""From where and with what somebody came, told so that a stranger's sign-in is seen and nobody is followed by it."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address, ip_network

BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"), ("Firefox", r"(Firefox|FxiOS)/"), ("Opera", r"OPR/"),
    ("Chrome", r"(Chrome|CriOS)/"), ("Safari", r"Safari/"), ("curl", r"curl/"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iOS", r"iPhone|iPad"), ("Windows", "Windows"), ("ChromeOS", "CrOS"),
    ("macOS", "Mac OS"), ("Linux", "Linux"),
)  # fmt: skip


def shortened(address: str) -> str:
    """Return the network of an address: without the last number of IPv4, the first three groups of IPv6, else nothing."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network(f"{found}/{48 if found.version == 6 else 24}", strict=False))


def counted(address: str) -> str:
    """Return what tries are counted by: an IPv4 address, or the 64 bits of IPv6 that one house has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def browser_of(agent: str) -> str:
    """Return browser and system by name, «Firefox, Windows», of a User-Agent header; nothing where neither is known."""
    names = [next((name for name, sign in known if re.search(sign, agent)), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name)
