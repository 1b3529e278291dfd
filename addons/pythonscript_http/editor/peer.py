"""What a peer's certificate says, to be shown."""

from typing import Any, Final

MOST_NAMES: Final = 20
"""Names that are shown; certificates may have thousands."""


def facts_of(pem: str) -> dict[str, Any]:
    """The `subject`, the `issuer`, the days `begins` and `ends` of its validity, the `names` of hosts that it
    is for, and the `pin` of its key; empty: there is no certificate, or none that can be read."""
    if not pem:
        return {}
    import ssl  # late: an editor starts without OpenSSL

    from pythonscript_http.transport.certificate import parse_certificate
    from pythonscript_http.transport.tls_reasons import key_digest, pin_of

    try:
        der = ssl.PEM_cert_to_DER_cert(pem)
        parsed = parse_certificate(der)
        pin = pin_of(key_digest(der))
    except ValueError:
        return {}
    return {
        "subject": parsed.subject,
        "issuer": parsed.issuer,
        "begins": parsed.not_before.strftime("%Y-%m-%d"),
        "ends": parsed.not_after.strftime("%Y-%m-%d"),
        "names": list(parsed.names[:MOST_NAMES]),
        "pin": pin,
    }
