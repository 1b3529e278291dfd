import random
import time

import pytest

from pythonscript_http.sessions.media import (
    codec_of,
    decode_text,
    image_type,
    parse_media_type,
    type_of_name,
)


@pytest.mark.parametrize(
    ("value", "essence", "parameters"),
    [
        ("text/html", "text/html", {}),
        ("TEXT/Html ; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        (' text/html;charset="utf-8"; x=y', "text/html", {"charset": "utf-8", "x": "y"}),
        (r'a/b;c="d\"e\\f"', "a/b", {"c": r'd"e\f'}),
        ('a/b;c="d;charset=x";charset=y', "a/b", {"c": "d;charset=x", "charset": "y"}),
        ("a/b;charset=c;charset=d", "a/b", {"charset": "c"}),
        ("a/b;;;c=d;", "a/b", {"c": "d"}),
        ("a/b;c;d=", "a/b", {}),
        ('a/b;c="d', "a/b", {"c": "d"}),
        ('a/b;c="d"e;f=g', "a/b", {"c": "d", "f": "g"}),
        ("application/vnd.api+json", "application/vnd.api+json", {}),
        ("", "", {}),
        ("text", "", {}),
        ("text/", "", {}),
        ("/html", "", {}),
        ("text/html/x", "", {}),
        ("te xt/html", "", {}),
        (";charset=utf-8", "", {}),
    ],
)
def test_media_types(value: str, essence: str, parameters: dict[str, str]) -> None:
    found = parse_media_type(value)
    assert (found.essence, found.parameters) == (essence, parameters)
    assert found.charset == parameters.get("charset", "")


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf_8"),
        ("UTF8", "utf_8"),
        (" utf-8 ", "utf_8"),
        ("unicode-1-1-utf-8", "utf_8"),
        ("latin1", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("ISO_8859-15", "iso8859_15"),
        ("iso-8859-9", "cp1254"),
        ("tis-620", "cp874"),
        ("windows-1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("koi8-r", "koi8_r"),
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("shift_jis", "cp932"),
        ("x-sjis", "cp932"),
        ("euc-kr", "cp949"),
        ("iso-2022-jp", "iso2022_jp"),
        ("utf-16", "utf_16_le"),
        ("utf-16be", "utf_16_be"),
        ("macintosh", "mac_roman"),
        ("", ""),
        ("x", ""),
        ("utf-7", ""),
        ("utf-32", ""),
        ("punycode", ""),
        ("idna", ""),
        ("rot13", ""),
        ("zip", ""),
        ("undefined", ""),
        ("unicode_escape", ""),
        ("../aliases", ""),
        ("utf-8" * 100_000, ""),
    ],
)
def test_codecs(charset: str, codec: str) -> None:
    assert codec_of(charset) == codec


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("ü€".encode(), "", "ü€"),
        ("ü€".encode(), "utf-8", "ü€"),
        (b"caf\xe9 \x80", "iso-8859-1", "café €"),
        (b"\xef\xbb\xbfa", "", "a"),
        ("\ufeffü".encode(), "iso-8859-1", "ü"),
        ("\ufeffü".encode("utf-16-le"), "", "ü"),
        ("\ufeffü".encode("utf-16-be"), "utf-8", "ü"),
        ("ü".encode("utf-16-le"), "utf-16", "ü"),
        ("привет".encode("koi8-r"), "KOI8-R", "привет"),
        ("日本".encode("shift-jis"), "Shift_JIS", "日本"),
        (b"a\xffb", "", "a\ufffdb"),
        (b"a\xe2\x82", "utf-8", "a\ufffd"),
        (b"a", "no-such-charset", "a"),
        (b"", "utf-16", ""),
    ],
)
def test_text(body: bytes, charset: str, text: str) -> None:
    for held in (body, bytearray(body), memoryview(body)):
        assert decode_text(held, charset) == text


def test_every_codec_decodes_any_bytes() -> None:
    from pythonscript_http.sessions import media

    every = bytes(range(256)) * 2
    for codec in media._CODECS:
        assert decode_text(every, codec)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"),
        ("A.JPG", "image/jpeg"),
        ("a.webp", "image/webp"),
        ("a.tar.gz", "application/gzip"),
        ("a.json", "application/json"),
        ("a.glb", "model/gltf-binary"),
        ("a.ogg", "audio/ogg"),
        ("a.pck", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_types_of_names(name: str, kind: str) -> None:
    assert type_of_name(name) == kind


@pytest.mark.parametrize(
    ("body", "said", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "", "image/png"),
        (b"\x89PNG\r\n\x1a\nrest", "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"GIF89a", "", "image/gif"),
        (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "", "image/webp"),
        (b"RIFF\x01\x02\x03\x04WAVEfmt ", "", ""),
        (b"BM\x01", "", "image/bmp"),
        (b"<svg xmlns='x'/>", "", "image/svg+xml"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>\n<!-- <a> -->\n<SVG>", "", "image/svg+xml"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C" "x" [ <!ENTITY a "b"> ]>\n<svg\n>', "", "image/svg+xml"),
        (b"<html><svg>", "", ""),
        (b"<svgs>", "", ""),
        (b"<!-- <svg>", "", ""),
        (b"\0\0\x02", "image/x-tga", "image/x-tga"),
        (b"\0\0\x02", "image/png", ""),
        (b"{}", "application/json", ""),
        (b"", "", ""),
    ],
)
def test_image_types(body: bytes, said: str, kind: str) -> None:
    assert image_type(body, said) == kind
    assert image_type(memoryview(body), said) == kind


def test_random_headers() -> None:
    """Whatever a server says, it means something."""
    chance = random.Random(6266)
    pieces = [
        "attachment",
        ";",
        "=",
        '"',
        "\\",
        " ",
        "filename",
        "filename*",
        "UTF-8''",
        "%2e",
        "%2f",
        "%",
        "..",
        "/",
    ]
    pieces += [
        "con",
        ".",
        "nul",
        "a",
        "ü",
        "\0",
        "\u202e",
        ":",
        "text/html",
        "charset",
        "'",
        "\ud800",
        "\x85",
    ]
    for _ in range(20_000):
        value = "".join(chance.choices(pieces, k=chance.randint(0, 12)))
        found = parse_media_type(value)
        assert found.essence or not found.parameters
        decode_text(value.encode("utf-8", "surrogatepass"), value)
        image_type(value.encode("utf-8", "surrogatepass"), value)


def test_the_cost_is_linear() -> None:
    texts = [
        ";",
        'a/b;"',
        'a/b;x="\\',
        "a/b; x",
        "a/b; x =",
        "x=\"'",
        "<!--",
        "<?",
        "<!DOCTYPE[",
    ]
    begun = time.thread_time()
    for text in texts:
        long = text * 20_000
        parse_media_type(long)
        parse_media_type(f"a/b;{long}")
        image_type(long.encode())
        codec_of(long)
    assert time.thread_time() - begun < 10  # a guard against hangs
