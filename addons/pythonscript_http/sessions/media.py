"""What a body is: its media type and charset, and the kind of an image.

Headers are read as browsers do: whatever a server sends has a meaning, if only that of nothing.
"""

import mimetypes
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from encodings.aliases import aliases
from typing import Final, NamedTuple

from pythonscript_http.http1.request import TOKEN

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
# One parameter of a list, and what parts it from the next; none of it matches in two ways.
_PARAMETER: Final = re.compile(
    r";[ \t]*+(?P<name>[^;=\"]*+)"
    r"(?:=[ \t]*+(?:\"(?P<quoted>[^\"\\]*+(?:\\.[^\"\\]*+)*)(?:\"|\\?\Z)[^;]*+|(?P<plain>[^;]*+)))?",
    re.DOTALL,
)

LONGEST_VALUE: Final = 8192
"""Characters of a header's value that are looked at."""


class MediaType(NamedTuple):
    """A Content-Type."""

    essence: str
    """`type/subtype` in lower case; empty: there is none, or it can't be read."""
    parameters: Mapping[str, str]
    """Their names in lower case."""

    @property
    def charset(self) -> str:
        """As the server wrote it; empty: it said none."""
        return self.parameters.get("charset", "")


def parse_media_type(value: str) -> MediaType:
    """Reads the value of a Content-Type header.

    Source: RFC 9110 section 8.3.1; MIME Sniffing Standard section 4.4.
    """
    value = value[:LONGEST_VALUE]
    essence, _, _ = value.partition(";")
    kind, slash, subtype = essence.strip(" \t\r\n").lower().partition("/")
    if not (slash and TOKEN.fullmatch(kind) and TOKEN.fullmatch(subtype)):
        return MediaType("", {})
    found: dict[str, str] = {}
    for name, text in _parameters(value[len(essence) :]):
        if text and TOKEN.fullmatch(name):
            found.setdefault(name, text)
    return MediaType(f"{kind}/{subtype}", found)


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """The parameters behind the first semicolon, their names in lower case, quotes undone."""
    for match in _PARAMETER.finditer(text):
        quoted = match["quoted"]
        plain = (match["plain"] or "").strip(" \t")
        yield (
            match["name"].strip(" \t").lower(),
            plain if quoted is None else _ESCAPED.sub(r"\1", quoted),
        )


# ---- text

_BOMS: Final = ((BOM_UTF8, "utf_8"), (BOM_UTF16_LE, "utf_16_le"), (BOM_UTF16_BE, "utf_16_be"))
# Python's codecs of the encodings of the Encoding Standard (section 4.2), with what Python does not call so:
# labels without their separators, and encodings of which browsers know a larger one only. Others are not
# decoded: among them are some that are no encodings of text, and some whose cost is not linear.
_CODECS: Final = {
    "utf_8": "unicode11utf8 unicode20utf8",
    "cp866": "",
    **dict.fromkeys(("iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5"), ""),
    "iso8859_6": "csiso88596e csiso88596i iso88596e iso88596i",
    "iso8859_7": "suneugreek",
    "iso8859_8": "csiso88598e csiso88598i iso88598e iso88598i logical visual",
    **dict.fromkeys(("iso8859_10", "iso8859_13", "iso8859_14", "iso8859_16"), ""),
    "iso8859_15": "csisolatin9",
    "koi8_r": "koi koi8",
    "koi8_u": "koi8ru",
    "mac_roman": "csmacintosh mac macroman",
    "mac_cyrillic": "macukrainian",
    "cp874": "dos874 windows874 iso885911 tis620",
    "cp1252": "ascii latin1 iso88591",
    "cp1254": "iso88599",
    **dict.fromkeys(("cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258"), ""),
    "gb18030": "gb2312 gbk csgb2312 gb231280",
    "big5hkscs": "big5 cnbig5 xbig5",
    "euc_jp": "cseucpkdfmtjapanese",
    "iso2022_jp": "",
    "cp932": "shiftjis windows31j",
    "cp949": "euckr cseuckr csksc56011987 isoir149 ksc56011989 windows949",
    "utf_16_be": "unicodefffe",
    "utf_16_le": "utf16 csunicode iso10646ucs2 ucs2 unicode unicodefeff",
}
_SEPARATOR: Final = re.compile(r"[^a-z0-9]+")


def _labels() -> dict[str, str]:
    """The codec of each label: those of `_CODECS`, and those that Python knows for them."""
    labels = {
        label: codec for codec, more in _CODECS.items() for label in (codec.replace("_", ""), *more.split())
    }
    for alias, codec in aliases.items():
        known = labels.get(codec.replace("_", ""))
        if known:
            labels.setdefault(alias.replace("_", ""), known)
    return labels


_LABELS: Final = _labels()


def codec_of(charset: str) -> str:
    """Python's codec for a charset, as browsers read its label; empty: they know none of that name.

    Source: Encoding Standard section 4.2.
    """
    label = _SEPARATOR.sub("", charset[:40].lower())
    return _LABELS.get(label) or _LABELS.get(label.removeprefix("x"), "")


def decode_text(body: bytes | bytearray | memoryview, charset: str = "") -> str:
    """Decodes a body: by its byte order mark, or else its charset, or else as UTF-8. What is wrong becomes
    U+FFFD.

    Args:
        charset: the parameter of its Content-Type. One that nobody knows counts as none.

    Source: Encoding Standard section 6, "decode".
    """
    begin = bytes(body[:3])
    for bom, codec in _BOMS:
        if begin.startswith(bom):
            return str(memoryview(body)[len(bom) :], codec, "replace")
    return str(body, codec_of(charset) or "utf_8", "replace")


# ---- types by names and bytes

_TYPES: Final = {
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ktx2": "image/ktx2",
    ".ktx": "image/ktx",
    ".dds": "image/vnd-ms.dds",
    ".tga": "image/x-tga",
    ".exr": "image/aces",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".ogv": "video/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".7z": "application/x-7z-compressed",
    ".wasm": "application/wasm",
    ".pck": "application/octet-stream",
}
"""What games send and Python's table lacks, or has otherwise in some version."""

OCTETS: Final = "application/octet-stream"


def type_of_name(name: str) -> str:
    """The media type of a file by the end of its name; `application/octet-stream` if that says nothing.

    Nothing of the system's is asked, whose tables differ.
    """
    dot = name.rfind(".")
    end = name[dot:].lower() if dot >= 0 else ""
    return _TYPES.get(end) or mimetypes.types_map.get(end) or OCTETS


_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\xabKTX 11\xbb\r\n\x1a\n", "image/ktx"),
    (b"\xabKTX 20\xbb\r\n\x1a\n", "image/ktx2"),
    (b"DDS ", "image/vnd-ms.dds"),
    (b"\x76\x2f\x31\x01", "image/aces"),
)
_SVG: Final = re.compile(
    rb"(?:\s++|<\?[^>]*+>|<!--[^-]*+(?:-(?!->)[^-]*+)*-->|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\][^>]*+)?>)*"
    rb"<svg[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT: Final = 4096


def image_type(body: bytes | bytearray | memoryview, content_type: str = "") -> str:
    """The media type of an image by its first bytes, which are right more often than what servers say.

    Args:
        content_type: what the server said, for formats without such bytes (TGA).

    Returns:
        Such as `image/png`; empty: it is none.

    Source: MIME Sniffing Standard section 6.1.
    """
    begin = bytes(body[:_LOOKED_AT])
    for magic, found in _MAGIC:
        if begin.startswith(magic):
            return found
    if begin[:4] == b"RIFF" and begin[8:14] == b"WEBPVP":
        return "image/webp"
    if _SVG.match(begin.removeprefix(BOM_UTF8)):
        return "image/svg+xml"
    essence = parse_media_type(content_type).essence
    return "image/x-tga" if essence in ("image/x-tga", "image/tga", "image/x-targa") else ""
