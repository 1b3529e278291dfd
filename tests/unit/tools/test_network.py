"""What pip and apt print when they reach nobody, and when they fail for another reason."""

from __future__ import annotations

import pytest

from devkit import network
from devkit.console import Failure

RETRYING = "WARNING: Retrying (Retry(total=0, connect=None, read=None)) after connection broken by "
NO_MATCH = "\nERROR: No matching distribution found for backports.zstd<2,>=1.0"
FETCHED = "W: Failed to fetch http://mirror.example/debian/dists/testing/InRelease  "
IGNORED = "\nE: Some index files failed to download. They have been ignored, or old ones used instead."

UNREACHED = {
    "pip 24, no name": f"{RETRYING}'NewConnectionError('<HTTPSConnection object at 0x7f>: Failed to establish"
    f" a new connection: [Errno -3] Temporary failure in name resolution')': /simple/brotli/{NO_MATCH}",
    "pip 26, no name": f"{RETRYING}'NameResolutionError(\"HTTPSConnection(host='index.example', port=443):"
    f" Failed to resolve 'index.example' ([Errno -3] ...)\")': /simple/brotli/{NO_MATCH}",
    "pip, no answer": f"{RETRYING}'ConnectTimeoutError(<HTTPSConnection object at 0x7f>, 'Connection to"
    f" index.example timed out. (connect timeout=15)')': /simple/brotli/{NO_MATCH}",
    "apt, no name": f"{FETCHED}Temporary failure resolving 'mirror.example'{IGNORED}",
    "apt, refused": f"{FETCHED}Could not connect to mirror.example:80 (192.0.2.1). - connect (111:"
    f" Connection refused){IGNORED}",
    "apt, no route": f"{FETCHED}Cannot initiate the connection to mirror.example:80 (2001:db8::1). - connect"
    f" (101: Network is unreachable){IGNORED}",
}

REACHED = {
    "pip, no such version": NO_MATCH,
    "pip, a full disk": "ERROR: Could not install packages due to an OSError: No space left on device",
    "apt, not Debian": "E: The repository 'http://third.example/apt testing Release' has no Release file.",
    "apt, a package replaced": "E: Failed to fetch http://mirror.example/debian/g.deb  404  Not Found",
}


@pytest.mark.parametrize("name", UNREACHED)
def test_a_network_that_is_not_there_is_said_in_one_sentence_without_hosts(name: str) -> None:
    with pytest.raises(Failure) as caught:
        network.require(UNREACHED[name], "the tools")
    assert str(caught.value) == "the tools cannot be fetched: the network or the server is not reachable"


@pytest.mark.parametrize("name", REACHED)
def test_another_failure_is_not_the_networks(name: str) -> None:
    network.require(REACHED[name], "the tools")
