"""The constants."""

from pythonscript_http.enums import Error, Method, ResponseCode, Status


def test_there_are_81() -> None:
    assert [len(enum) for enum in (Method, Status, ResponseCode)] == [10, 10, 61]


def test_names_are_the_engines_and_values_those_of_the_standards() -> None:
    assert Method(8) is Method.METHOD_PATCH
    assert Status(9) is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert ResponseCode(418) is ResponseCode.RESPONSE_IM_A_TEAPOT
    assert Error(31) is Error.ERR_INVALID_PARAMETER
    for enum, prefix in ((Method, "METHOD_"), (Status, "STATUS_"), (ResponseCode, "RESPONSE_")):
        assert all(name.startswith(prefix) for name in enum.__members__)
