"""Records of TLS: handed on whole, small ones a few together."""

import pytest

from pythonscript_http.transport.records import Records


def record(size: int) -> bytes:
    return b"\x17\3\3" + size.to_bytes(2, "big") + bytes(size)


def taken(records: Records) -> list[tuple[bytes, int]]:
    """All that is handed on now."""
    found = []
    while (some := records.take())[1]:
        found.append((bytes(some[0]), some[1]))
    assert not some[0]
    return found


def test_large_records_come_one_by_one() -> None:
    large = record(16401)
    assert taken(Records(large * 3)) == [(large, 1)] * 3


def test_small_ones_come_together() -> None:
    small, middle = record(22), record(300)
    assert taken(Records(small * 20)) == [(small * 8, 8), (small * 8, 8), (small * 4, 4)]
    assert taken(Records(middle * 3)) == [(middle, 1)] * 3
    assert taken(Records(small + middle + middle)) == [(small + middle, 2), (middle, 1)]


def test_what_is_not_complete_waits() -> None:
    data = record(700) + record(20) + record(0)
    records, found = Records(b""), []
    for start in range(len(data)):
        records.add(data[start : start + 1])
        found += taken(records)
    assert found == [(record(700), 1), (record(20), 1), (record(0), 1)]


@pytest.mark.parametrize("size", [1, 4, 5, 26])
def test_what_is_cut_short_is_handed_on_at_the_end(size: int) -> None:
    records = Records(record(22) + record(22)[:size])
    assert taken(records) == [(record(22), 1)]
    records.ended = True
    assert taken(records) == [(record(22)[:size], 1)]
    assert taken(records) == []


def test_what_can_not_be_a_record_is_not_waited_for() -> None:
    """OpenSSL tells by its header that it is none."""
    data = b"HTTP/1.1 400 Bad Request"
    assert taken(Records(data)) == [(data, 1)]
