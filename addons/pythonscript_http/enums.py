"""The engine's constants: the three enums of HTTPClient (81 constants), and the Error codes in use.

Members bear the engine's names, prefix and all, since scripts write `HTTPClient.METHOD_GET`.
Source: class reference of HTTPClient; `@GlobalScope.Error`.
"""

from enum import IntEnum, unique


@unique
class Method(IntEnum):
    """Request methods (RFC 9110 section 9.3, RFC 5789)."""

    METHOD_GET = 0
    """Asks for a representation of the resource."""
    METHOD_HEAD = 1
    """Asks for what GET would answer, without the body."""
    METHOD_POST = 2
    """Sends a body for the resource to process."""
    METHOD_PUT = 3
    """Stores the body as the resource."""
    METHOD_DELETE = 4
    """Removes the resource."""
    METHOD_OPTIONS = 5
    """Asks what the resource allows; `*` asks for the server as a whole."""
    METHOD_TRACE = 6
    """Asks for the request as it arrived."""
    METHOD_CONNECT = 7
    """Asks a proxy for a tunnel to `host:port`."""
    METHOD_PATCH = 8
    """Changes a part of the resource."""
    METHOD_MAX = 9
    """The number of methods."""


@unique
class Status(IntEnum):
    """States of a client, as `get_status()` gives them."""

    STATUS_DISCONNECTED = 0
    """Not connected; `close` or the end of a last response leads here."""
    STATUS_RESOLVING = 1
    """Looking up the host's name."""
    STATUS_CANT_RESOLVE = 2
    """The host's name has no address, or the look-up failed."""
    STATUS_CONNECTING = 3
    """Connecting to an address of the host."""
    STATUS_CANT_CONNECT = 4
    """No address of the host took the connection."""
    STATUS_CONNECTED = 5
    """Connected: a request can be sent."""
    STATUS_REQUESTING = 6
    """A request is being sent, or its answer is awaited."""
    STATUS_BODY = 7
    """The answer's headers are there, and its body can be read."""
    STATUS_CONNECTION_ERROR = 8
    """The connection broke, or what came is no valid HTTP."""
    STATUS_TLS_HANDSHAKE_ERROR = 9
    """The TLS handshake failed."""


@unique
class ResponseCode(IntEnum):
    """Status codes of responses (RFC 9110 section 15 and the IANA registry)."""

    RESPONSE_CONTINUE = 100
    """`100 Continue`: request received, please continue."""
    RESPONSE_SWITCHING_PROTOCOLS = 101
    """`101 Switching Protocols`: switching to new protocol; obey Upgrade header."""
    RESPONSE_PROCESSING = 102
    """`102 Processing`."""
    RESPONSE_OK = 200
    """`200 OK`: request fulfilled, document follows."""
    RESPONSE_CREATED = 201
    """`201 Created`: document created, URL follows."""
    RESPONSE_ACCEPTED = 202
    """`202 Accepted`: request accepted, processing continues off-line."""
    RESPONSE_NON_AUTHORITATIVE_INFORMATION = 203
    """`203 Non-Authoritative Information`: request fulfilled from cache."""
    RESPONSE_NO_CONTENT = 204
    """`204 No Content`: request fulfilled, nothing follows."""
    RESPONSE_RESET_CONTENT = 205
    """`205 Reset Content`: clear input form for further input."""
    RESPONSE_PARTIAL_CONTENT = 206
    """`206 Partial Content`: partial content follows."""
    RESPONSE_MULTI_STATUS = 207
    """`207 Multi-Status`."""
    RESPONSE_ALREADY_REPORTED = 208
    """`208 Already Reported`."""
    RESPONSE_IM_USED = 226
    """`226 IM Used`."""
    RESPONSE_MULTIPLE_CHOICES = 300
    """`300 Multiple Choices`: object has several resources -- see URI list."""
    RESPONSE_MOVED_PERMANENTLY = 301
    """`301 Moved Permanently`: object moved permanently -- see URI list."""
    RESPONSE_FOUND = 302
    """`302 Found`: object moved temporarily -- see URI list."""
    RESPONSE_SEE_OTHER = 303
    """`303 See Other`: object moved -- see Method and URL list."""
    RESPONSE_NOT_MODIFIED = 304
    """`304 Not Modified`: document has not changed since given time."""
    RESPONSE_USE_PROXY = 305
    """`305 Use Proxy`: you must use proxy specified in Location to access this resource."""
    RESPONSE_SWITCH_PROXY = 306
    """`306 Switch Proxy`: no longer used."""
    RESPONSE_TEMPORARY_REDIRECT = 307
    """`307 Temporary Redirect`: object moved temporarily -- see URI list."""
    RESPONSE_PERMANENT_REDIRECT = 308
    """`308 Permanent Redirect`: object moved permanently -- see URI list."""
    RESPONSE_BAD_REQUEST = 400
    """`400 Bad Request`: bad request syntax or unsupported method."""
    RESPONSE_UNAUTHORIZED = 401
    """`401 Unauthorized`: no permission -- see authorization schemes."""
    RESPONSE_PAYMENT_REQUIRED = 402
    """`402 Payment Required`: no payment -- see charging schemes."""
    RESPONSE_FORBIDDEN = 403
    """`403 Forbidden`: request forbidden -- authorization will not help."""
    RESPONSE_NOT_FOUND = 404
    """`404 Not Found`: nothing matches the given URI."""
    RESPONSE_METHOD_NOT_ALLOWED = 405
    """`405 Method Not Allowed`: specified method is invalid for this resource."""
    RESPONSE_NOT_ACCEPTABLE = 406
    """`406 Not Acceptable`: URI not available in preferred format."""
    RESPONSE_PROXY_AUTHENTICATION_REQUIRED = 407
    """`407 Proxy Authentication Required`: you must authenticate with this proxy before proceeding."""
    RESPONSE_REQUEST_TIMEOUT = 408
    """`408 Request Timeout`: request timed out; try again later."""
    RESPONSE_CONFLICT = 409
    """`409 Conflict`: request conflict."""
    RESPONSE_GONE = 410
    """`410 Gone`: URI no longer exists and has been permanently removed."""
    RESPONSE_LENGTH_REQUIRED = 411
    """`411 Length Required`: client must specify Content-Length."""
    RESPONSE_PRECONDITION_FAILED = 412
    """`412 Precondition Failed`: precondition in headers is false."""
    RESPONSE_REQUEST_ENTITY_TOO_LARGE = 413
    """`413 Request Entity Too Large`: entity is too large."""
    RESPONSE_REQUEST_URI_TOO_LONG = 414
    """`414 Request-URI Too Long`: URI is too long."""
    RESPONSE_UNSUPPORTED_MEDIA_TYPE = 415
    """`415 Unsupported Media Type`: entity body in unsupported format."""
    RESPONSE_REQUESTED_RANGE_NOT_SATISFIABLE = 416
    """`416 Requested Range Not Satisfiable`: cannot satisfy request range."""
    RESPONSE_EXPECTATION_FAILED = 417
    """`417 Expectation Failed`: expect condition could not be satisfied."""
    RESPONSE_IM_A_TEAPOT = 418
    """`418 I'm a Teapot`: server refuses to brew coffee because it is a teapot."""
    RESPONSE_MISDIRECTED_REQUEST = 421
    """`421 Misdirected Request`: server is not able to produce a response."""
    RESPONSE_UNPROCESSABLE_ENTITY = 422
    """`422 Unprocessable Entity`."""
    RESPONSE_LOCKED = 423
    """`423 Locked`."""
    RESPONSE_FAILED_DEPENDENCY = 424
    """`424 Failed Dependency`."""
    RESPONSE_UPGRADE_REQUIRED = 426
    """`426 Upgrade Required`."""
    RESPONSE_PRECONDITION_REQUIRED = 428
    """`428 Precondition Required`: the origin server requires the request to be conditional."""
    RESPONSE_TOO_MANY_REQUESTS = 429
    """`429 Too Many Requests`: too many requests were sent in a given time."""
    RESPONSE_REQUEST_HEADER_FIELDS_TOO_LARGE = 431
    """`431 Request Header Fields Too Large`: the header fields are too large."""
    RESPONSE_UNAVAILABLE_FOR_LEGAL_REASONS = 451
    """`451 Unavailable For Legal Reasons`: access is denied by a legal demand."""
    RESPONSE_INTERNAL_SERVER_ERROR = 500
    """`500 Internal Server Error`: server got itself in trouble."""
    RESPONSE_NOT_IMPLEMENTED = 501
    """`501 Not Implemented`: server does not support this operation."""
    RESPONSE_BAD_GATEWAY = 502
    """`502 Bad Gateway`: invalid responses from another server/proxy."""
    RESPONSE_SERVICE_UNAVAILABLE = 503
    """`503 Service Unavailable`: the server cannot process the request due to a high load."""
    RESPONSE_GATEWAY_TIMEOUT = 504
    """`504 Gateway Timeout`: the gateway server did not receive a timely response."""
    RESPONSE_HTTP_VERSION_NOT_SUPPORTED = 505
    """`505 HTTP Version Not Supported`: cannot fulfill request."""
    RESPONSE_VARIANT_ALSO_NEGOTIATES = 506
    """`506 Variant Also Negotiates`."""
    RESPONSE_INSUFFICIENT_STORAGE = 507
    """`507 Insufficient Storage`."""
    RESPONSE_LOOP_DETECTED = 508
    """`508 Loop Detected`."""
    RESPONSE_NOT_EXTENDED = 510
    """`510 Not Extended`."""
    RESPONSE_NETWORK_AUTH_REQUIRED = 511
    """`511 Network Authentication Required`: the client needs to authenticate to gain network access."""


@unique
class Error(IntEnum):
    """The engine's error codes, those that the client gives."""

    OK = 0
    ERR_UNAVAILABLE = 2
    ERR_UNCONFIGURED = 3
    ERR_FILE_CANT_WRITE = 13
    ERR_FILE_CANT_READ = 14
    ERR_CANT_CONNECT = 25
    ERR_CANT_RESOLVE = 26
    ERR_CONNECTION_ERROR = 27
    ERR_INVALID_PARAMETER = 31
    ERR_BUSY = 44
