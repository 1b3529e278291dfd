"""What scenarios of HTTP are about: the conformance page has a table for each."""

from enum import StrEnum


class Kind(StrEnum):
    """In the order of the page."""

    HEADS = "Status lines and headers"
    INTERIM = "Interim answers"
    FRAMING = "Where a body ends"
    CHUNKED = "Chunked coding"
    CODINGS = "Coded bodies"
    CUT = "Answers cut short"
    CONNECTIONS = "Keeping and ending connections"
    REQUESTS = "Requests"
    UPLOADS = "Uploads"
    HOSTS = "Hosts and addresses"
    PROXIES = "Proxies"
    TRUST = "TLS: certificates and names"
    TERMS = "TLS: versions, keys and sessions"
    BROKEN = "TLS: peers that fail"
    SCRIPTS = "What scripts rely on"
    WHOLE = "Whole requests, by nodes"
    COOKIES = "Cookies"
    CACHE = "Caches"
    RETRIES = "Retries"
    EVENTS = "Server-sent events"
    COST = "Limits and cost"
