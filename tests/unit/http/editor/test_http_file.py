"""`.http` files: read as by the clients of VS Code and JetBrains, and changed without touching the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.editor.http_file import (
    HttpFile,
    body_of,
    body_text,
    parse,
    replaced,
    substituted,
    write,
)
from pythonscript_http.editor.request import LARGEST, File, FormatError, Request

FILE = """\
@host = http://localhost:8000
@api = {{host}}/v1

### The scores
# from VS Code
# @insecure
GET {{api}}/scores
    ?season=7
    &page=2 HTTP/1.1
Accept: application/json
# X-Old: 1
X-Trace: {{$uuid}}

###
// @name create
// @proxy proxy:3128
POST {{api}}/scores
Content-Type: application/json

{
  "player": "Ada",

  "score": 3
}

> {% client.test("ok", () => true); %}

### upload
PUT {{host}}/a.bin

< ./a.bin

### wrong
GET http://a
no header

###

### last
http://b/
"""


def requests(file: HttpFile) -> list[Request]:
    return [section.request for section in file.sections if section.request is not None]


def test_a_file() -> None:
    file = parse(FILE)
    assert requests(file) == [
        Request(
            "GET",
            "{{api}}/scores?season=7&page=2",
            (("Accept", "application/json"), ("X-Trace", "{{$uuid}}")),
            name="The scores",
            insecure=True,
        ),
        Request(
            "POST",
            "{{api}}/scores",
            (("Content-Type", "application/json"),),
            ('{\n  "player": "Ada",\n\n  "score": 3\n}',),
            name="create",
            proxy="proxy:3128",
        ),
        Request("PUT", "{{host}}/a.bin", body=(File("./a.bin"),), name="upload"),
        Request("GET", "http://b/", name="last"),
    ]
    assert [section.error for section in file.sections if section.error] == [
        "line 34: 'no header' is not a header: write `name: value`"
    ]
    assert file.variables == {"host": "http://localhost:8000", "api": "{{host}}/v1"}


def test_files_of_windows_and_empty_ones() -> None:
    assert requests(parse("GET http://a\r\nA: b\r\n\r\nbody\r\n"))[0].body == ("body",)
    for text in ("", "\n\n", "# only a comment\n", "###\n###\n"):
        assert parse(text).sections == ()


def test_a_request_is_replaced_and_the_rest_stays() -> None:
    changed = replaced(FILE, 1, Request("DELETE", "{{api}}/scores/1", name="gone", insecure=True))
    before, after = FILE.split("\n"), changed.split("\n")
    assert after[: before.index("###")] == before[: before.index("###")]
    assert "// @name create" in after
    assert "// @proxy proxy:3128" not in after
    assert '> {% client.test("ok", () => true); %}' in after
    assert after[after.index("### upload") :] == before[before.index("### upload") :]
    file = parse(changed)
    assert requests(file)[1] == Request("DELETE", "{{api}}/scores/1", name="create", insecure=True)
    assert len(requests(file)) == 4


def test_one_more_is_put_behind_the_last() -> None:
    one = Request("POST", "http://c/", (("A", "b"),), ("x\n<y>",), name="new", proxy="p:1")
    text = replaced(FILE, len(parse(FILE).sections), one)
    assert text.startswith(FILE.rstrip("\n"))
    assert requests(parse(text))[-1] == one
    assert requests(parse(replaced("", 0, one))) == [one]


HEADER = st.tuples(
    st.from_regex(r"[A-Za-z][A-Za-z\-]{0,9}", fullmatch=True),
    st.from_regex(r"([!-~]([ -~]{0,9}[!-~])?)?", fullmatch=True),
)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
BODY = (
    st.lists(LINE, min_size=1, max_size=4)
    .map("\n".join)
    .filter(lambda text: bool(text.split("\n")[-1].strip()))
)


@given(st.lists(HEADER, max_size=3), st.none() | BODY, st.booleans())
def test_what_is_written_is_read_again(
    headers: list[tuple[str, str]], body: str | None, insecure: bool
) -> None:
    request = Request(
        "PATCH", "http://a/b", tuple(headers), () if body is None else (body,), insecure=insecure
    )
    try:
        lines = write(request)
    except FormatError:
        assert body is not None
        return
    (again,) = requests(parse("\n".join(lines)))
    assert again == request


@pytest.mark.parametrize(
    "body",
    [
        ("a\n### b",),
        ("< file",),
        ("> x",),
        ("a", File("f")),
        (File("f"), "b"),
        (File("f"), File("g")),
    ],
)
def test_a_body_that_would_be_read_otherwise_is_refused(body: tuple[str | File, ...]) -> None:
    with pytest.raises(FormatError, match=r"\.http file"):
        write(Request("POST", "http://a", body=body))


def test_a_multipart_body_has_files_on_lines_of_their_own() -> None:
    request = Request("POST", "http://a", body=("--x\r\nA: b\r\n\r\n", File("f"), "\r\n--x--\r\n"))
    (again,) = requests(parse("\n".join(write(request))))
    assert again.body == body_of(body_text(request.body))
    assert again.body == ("--x\nA: b\n\n", File("f"), "\n--x--")


class TestVariables:
    def test_they_are_filled_in_everywhere(self) -> None:
        request = Request(
            url="{{ host }}/{{id}}",
            headers=(("A-{{id}}", "{{host}}"),),
            body=("{{id}}", File("{{id}}.bin")),
            proxy="{{id}}:1",
        )
        values = {"host": "http://{{name}}", "name": "a", "id": "7"}
        assert substituted(request, values.get) == Request(
            url="http://a/7", headers=(("A-7", "http://a"),), body=("7", File("7.bin")), proxy="7:1"
        )

    def test_one_without_a_value_is_an_error(self) -> None:
        with pytest.raises(FormatError, match="'id' has no value"):
            substituted(Request(url="{{id}}"), lambda name: None)

    def test_one_that_is_made_of_itself(self) -> None:
        with pytest.raises(FormatError, match=r"'[ab]' is made of itself"):
            substituted(Request(url="{{a}}"), lambda name: {"a": "{{b}}", "b": "{{a}}"}[name])

    def test_they_do_not_explode(self) -> None:
        values = {f"v{n}": f"{{{{v{n + 1}}}}}" * 10 for n in range(9)} | {"v9": "x" * 1000}
        with pytest.raises(FormatError, match="larger than"):
            substituted(Request(url="{{v0}}"), values.get)


def test_files_are_bounded() -> None:
    with pytest.raises(FormatError, match="more than 1000 requests"):
        parse("###\n" * 1001)
    with pytest.raises(FormatError, match="larger than"):
        parse("x" * (LARGEST + 1))


class TestFilesThatAreMadeToHoldTheEditorUp:
    """Each of them took minutes, or for ever."""

    def test_many_comments_before_many_lines(self) -> None:
        (section,) = parse("# a\n" * 20_000 + "GET http://a\n\n" + "b\n" * 20_000).sections
        assert section.request is not None
        assert section.request.url == "http://a"

    @pytest.mark.parametrize("text", ["GET a{}b", "a{}b HTTP/1.1", "GET a\n\n{{{{{}", "GET {{{{a{}"])
    def test_many_blanks(self, text: str) -> None:
        (section,) = parse(text.format(" " * 100_000)).sections
        assert section.request is not None
        assert substituted(section.request, lambda name: "") == section.request

    def test_variables_of_many_variables_of_many(self) -> None:
        asked = []
        values = {str(depth): f"{{{{{depth + 1}}}}}" * 1000 for depth in range(9)} | {"9": ""}

        def value_of(name: str) -> str:
            asked.append(name)
            return values[name]

        assert substituted(Request(url="{{0}}"), value_of).url == ""
        assert asked == sorted(values)


def test_what_is_made_anew_is_made_anew_each_time() -> None:
    numbers = iter("123")
    assert substituted(Request(url="{{ $n }}{{$n}}"), lambda _: next(numbers)).url == "12"


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_ends_of_lines_stay(index: int) -> None:
    text = "# c\r\nGET http://a\r\n\r\n### b\r\nGET http://b\r\n"
    written = replaced(text, index, Request(url="http://z", headers=(("A", "b"),)))
    assert written.count("\n") == written.count("\r\n") > 5
    assert parse(written).sections[index].request == Request(url="http://z", headers=(("A", "b"),), name="")


@pytest.mark.parametrize("index", [0, 1, 2])
def test_what_is_not_the_requests_stays_byte_by_byte(index: int) -> None:
    text = "\ufeff# c\nGET http://a\r\n\r\n> {% a %}\n### b\nGET http://b\n\n> {% b %}\n"
    written = replaced(text, index, Request(url="http://c"))
    assert written.startswith("\ufeff# c\n")
    assert [line for line in ("> {% a %}\n", "> {% b %}\n") if line not in written] == []
    assert replaced(written, index, Request(url="http://c")) == written or index == 2


@pytest.mark.parametrize(
    "request_",
    [
        Request(url="http://a\n### b"),
        Request(url="http://a", headers=(("A", "b\r\nC: d"),)),
        Request(url="http://a", name="a\nGET http://b"),
        Request(url="http://a", proxy="p:1\n"),
    ],
)
def test_a_line_break_where_none_can_be(request_: Request) -> None:
    with pytest.raises(FormatError, match="line break"):
        write(request_)


def test_how_it_is_sent() -> None:
    request = Request(
        url="http://a", insecure=True, proxy="p:1", ca="a.crt", certificate="c", key="k", pins="x y"
    )
    lines = write(request)
    assert lines[:-1] == [
        "# @insecure",
        "# @proxy p:1",
        "# @ca a.crt",
        "# @certificate c",
        "# @key k",
        "# @pins x y",
    ]
    text = "\n".join(lines)
    assert requests(parse(text)) == [request]
    assert replaced(text, 0, Request(url="http://a")) == "GET http://a\n"
