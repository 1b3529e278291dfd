"""Faults in TLS, in who is trusted, and in what crosses a proxy."""

from typing import Final

from .model import Mutant

_NET: Final = "addons/pythonscript_http/transport"
_TRUST: Final = f"{_NET}/trust.py"
_TLS: Final = f"{_NET}/tls.py"
_RECORDS: Final = f"{_NET}/records.py"
_WORKERS: Final = "addons/pythonscript_http/workers.py"
_REASONS: Final = f"{_NET}/tls_reasons.py"
_CERTIFICATE: Final = f"{_NET}/certificate.py"
_TUNNEL: Final = f"{_NET}/http_proxy.py"
_CLIENT: Final = "addons/pythonscript_http/client.py"
_CONNECTIONS: Final = "addons/pythonscript_http/connections.py"
_HTTP11: Final = "addons/pythonscript_http/http11.py"
_PROXIES: Final = "addons/pythonscript_http/proxies.py"
_CONNECTOR: Final = f"{_NET}/connector.py"
_HOST: Final = "addons/pythonscript_http/url.py"
_POLICY: Final = "addons/pythonscript_http/engine/policy.py"
_POLICIES: Final = f"{_NET}/policy.py"
_PEM: Final = f"{_NET}/pem.py"

_ON_POLICIES: Final = ("tests/unit/http/transport/test_policy.py",)
_ON_PEM: Final = ("tests/unit/http/transport/test_pem.py",)
_ON_TRUST: Final = ("tests/unit/http/transport/test_trust.py",)
_ON_TLS: Final = ("tests/unit/http/transport/test_tls.py",)
_ON_RECORDS: Final = ("tests/unit/http/transport/test_records.py",)
_ON_WORKERS: Final = ("tests/unit/http/test_workers.py",)
_ON_REASONS: Final = ("tests/unit/http/transport/test_tls_reasons.py",)
_ON_CERTIFICATES: Final = ("tests/unit/http/transport/test_certificate.py",)
_ON_TUNNELS: Final = ("tests/unit/http/transport/test_http_proxy.py",)
_ON_CLIENTS: Final = ("tests/unit/http/test_client_tls.py",)
_ON_PROXIES: Final = ("tests/unit/http/test_proxied.py",)
_ON_LENT_MEMORY: Final = ("tests/unit/http/test_lent_memory.py",)
_IN_THE_ENGINE: Final = ("tests/engine/test_8_tls.py",)

MUTANTS: Final = (
    # ---- whom to trust
    Mutant(
        "a revoked intermediate is refused",
        _TRUST,
        "ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN",
        "ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF",
        _ON_REASONS,
    ),
    Mutant(
        "revocation lists are looked into",
        _TRUST,
        "context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN",
        "pass",
        _ON_REASONS,
    ),
    Mutant(
        "all revocation lists count, not only the first",
        _TRUST,
        "for text in lists for block",
        "for text in lists[:1] for block",
        _ON_REASONS,
    ),
    Mutant(
        "who is trusted need not be self-signed",
        _TRUST,
        "context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN",
        "context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN",
        _ON_REASONS,
    ),
    Mutant(
        "roots of one's own replace all others",
        _TRUST,
        "        with _as_file(text) as file:\n            context.load_verify",
        "        with _as_file(text) as file:\n            context.load_verify_locations(certifi.where())\n"
        "            context.load_verify",
        _ON_TRUST + _ON_REASONS,
    ),
    Mutant(
        "an unsafe client with roots verifies the chain",
        _TRUST,
        "    if not policy.verifies:\n        context.verify_mode",
        "    if policy.unsafe:\n        context.verify_mode",
        _ON_REASONS,
    ),
    Mutant(
        "common names are no names",
        _TRUST,
        "context.hostname_checks_common_name = False",
        "context.hostname_checks_common_name = True",
        _ON_REASONS,
    ),
    Mutant(
        "weak keys and digests are refused",
        _TRUST,
        "@SECLEVEL=2",
        "@SECLEVEL=0",
        _ON_REASONS,
    ),
    Mutant("no cipher authenticates by SHA-1", _TRUST, ":!SHA1", "", _ON_TRUST),
    Mutant(
        "ciphers have forward secrecy",
        _TRUST,
        "@SECLEVEL=2:ECDH+AESGCM",
        "@SECLEVEL=2:AESGCM:ECDH+AESGCM",
        _ON_TRUST,
    ),
    Mutant(
        "the policy's oldest version holds",
        _TRUST,
        "context.minimum_version = ssl.TLSVersion(policy.minimum)",
        "context.minimum_version = ssl.TLSVersion.TLSv1_2",
        _ON_REASONS,
    ),
    Mutant(
        "the policy's newest version holds",
        _TRUST,
        "context.maximum_version = ssl.TLSVersion(policy.maximum)",
        "context.maximum_version = ssl.TLSVersion.TLSv1_3",
        _ON_REASONS,
    ),
    Mutant("no renegotiation", _TRUST, "ssl.OP_NO_RENEGOTIATION | ", "", _ON_TRUST),
    Mutant("no tickets of TLS 1.2", _TRUST, " | ssl.OP_NO_TICKET", "", _ON_TRUST),
    Mutant(
        "no server that is open to renegotiation attacks, whatever the system says",
        _TRUST,
        ' | getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 4)',
        "",
        _ON_TRUST,
    ),
    Mutant(
        "h2 is not offered",
        _POLICIES,
        '("h2", "h2c", "h3")',
        '("h2c", "h3")',
        _ON_POLICIES,
    ),
    Mutant(
        "versions below 1.2 are refused",
        _POLICIES,
        "_VERSIONS: Final = (TLS_1_2,",
        "_VERSIONS: Final = (0x0302, TLS_1_2,",
        _ON_POLICIES,
    ),
    Mutant(
        "an encrypted key is refused by name",
        _POLICIES,
        "                raise PolicyError(ENCRYPTED_KEY)\n",
        "                pass\n",
        _ON_POLICIES,
    ),
    Mutant(
        "an environment variable alone logs no keys",
        _TRUST,
        "    if policy.key_log:\n        try:\n            context.keylog_filename = policy.key_log\n",
        '    if path := policy.key_log or os.environ.get("SSLKEYLOGFILE"):\n'
        "        try:\n            context.keylog_filename = path\n",
        _ON_TRUST,
    ),
    Mutant(
        "a pin that is none is refused",
        _POLICIES,
        '    raise PolicyError(f"the pin',
        '    return b""\n    raise PolicyError(f"the pin',
        _ON_POLICIES,
    ),
    Mutant(
        "revocation lists of an unsafe client are an error",
        _POLICIES,
        "if not self.verifies and self.revocation_lists:",
        "if False:",
        _ON_POLICIES,
    ),
    Mutant(
        "a policy is what it was made of, whatever happens to that",
        _POLICIES,
        'return tuple(_text(f"one of {name}", one) for one in given)',
        'return given if isinstance(given, list) else tuple(_text(f"one of {name}", one) for one in given)',
        _ON_POLICIES,
    ),
    Mutant(
        "a text alone is no list of texts",
        _POLICIES,
        "if isinstance(given, str) or not isinstance(given, Iterable):",
        "if not isinstance(given, Iterable):",
        _ON_POLICIES,
    ),
    Mutant(
        "no file is called so",
        _POLICIES,
        'if "\\0" not in path:',
        "if True:",
        _ON_POLICIES,
    ),
    Mutant(
        "a block ends where it began",
        _PEM,
        "if text.startswith(behind, start) and",
        "if",
        _ON_PEM,
    ),
    Mutant(
        "a block that is cut short hides no other",
        _PEM,
        "text.rfind(_BEGIN, start, end)",
        "text.find(_BEGIN, start, end)",
        _ON_PEM,
    ),
    # ---- sessions
    Mutant(
        "a session is handed out once",
        _TRUST,
        "self._sessions.pop((name, port), (None, 0.0))",
        "self._sessions.get((name, port), (None, 0.0))",
        _ON_TRUST,
    ),
    Mutant(
        "a session ends when its server says so",
        _TRUST,
        "min(until, session.time + session.timeout)",
        "until",
        _ON_TRUST,
    ),
    Mutant(
        "a session ends when the certificates are to be verified anew",
        _TRUST,
        "min(until, session.time + session.timeout)",
        "session.time + session.timeout",
        _ON_TRUST,
    ),
    Mutant("256 sessions are kept", _TRUST, "len(self._sessions) > _SESSIONS", "False", _ON_TRUST),
    Mutant(
        "the oldest session gives way, not the youngest",
        _TRUST,
        "            self._sessions.pop((name, port), None)\n",
        "",
        _ON_TRUST,
    ),
    Mutant(
        "no session goes on past revocation lists",
        _TRUST,
        "        if self.policy.revocation_lists:\n            return\n",
        "",
        _ON_TRUST,
    ),
    Mutant(
        "a session ends with its certificates",
        _TRUST,
        "min([time.time() + _SESSION_LIFETIME, *ends])",
        "time.time() + _SESSION_LIFETIME",
        _ON_TRUST + _ON_TLS,
    ),
    Mutant(
        "no session of a certificate that cannot be read",
        _TRUST,
        "    except ValueError:\n        return 0.0\n",
        "    except ValueError:\n        return time.time() + _SESSION_LIFETIME\n",
        _ON_TLS,
    ),
    Mutant(
        "a session that follows from another does not live longer",
        _TLS,
        "        if not self.tls.resumed:\n            verified",
        "        if True:\n            verified",
        _ON_TLS,
    ),
    Mutant(
        "sessions are of one port",
        _TLS,
        "Handshake(_Transport(stream, name, port, shown, context))",
        "Handshake(_Transport(stream, name, 443, shown, context))",
        _ON_TLS,
    ),
    # ---- pins and names
    Mutant(
        "pins are looked at",
        _TLS,
        "if not pins or peer.resumed:",
        "if True:",
        _ON_REASONS,
    ),
    Mutant(
        "one pin of several is enough",
        _TLS,
        "if pins.isdisjoint(keys):",
        "if not pins <= {*keys}:",
        _ON_REASONS,
    ),
    Mutant(
        "keys of a chain that nobody verified count for nothing",
        _TLS,
        "_verified_chain(made) if verified else []",
        "_verified_chain(made) if verified else made._sslobj.get_unverified_chain()",
        _ON_REASONS,
    ),
    Mutant(
        "the policy's name goes before the host's",
        _POLICIES,
        "self.common_name or host",
        "host or self.common_name",
        _ON_REASONS,
    ),
    Mutant(
        "a trailing dot is no part of a name",
        _POLICIES,
        '.removesuffix(".") if given',
        " if given",
        _ON_REASONS,
    ),
    Mutant(
        "a zone is no part of an address",
        _POLICIES,
        'check_name(given).partition("%")[0]',
        "check_name(given)",
        _ON_REASONS,
    ),
    Mutant(
        "there is a name to verify",
        _POLICIES,
        "if not name and not self.unsafe:",
        "if False:",
        _ON_TLS,
    ),
    # ---- ends and bounds
    Mutant(
        "an end without close_notify is known by its reason",
        _TLS,
        "if not is_end(error):",
        "if not isinstance(error, ssl.SSLEOFError):",
        _ON_TLS,
    ),
    Mutant(
        "what follows a failure is no end",
        _REASONS,
        'return _code(error) == "UNEXPECTED_EOF_WHILE_READING"',
        'return isinstance(error, ssl.SSLEOFError) or _code(error) == "UNEXPECTED_EOF_WHILE_READING"',
        _ON_REASONS,
    ),
    Mutant(
        "an end without close_notify cuts a body short",
        _TLS,
        "self.truncated = not transport.context.policy.ignore_unexpected_eof",
        "self.truncated = False",
        _ON_TLS,
    ),
    Mutant(
        "a policy can take such an end for one",
        _TLS,
        "self.truncated = not transport.context.policy.ignore_unexpected_eof",
        "self.truncated = True",
        _ON_CLIENTS,
    ),
    Mutant(
        "a read takes no more noise than fits",
        _TLS,
        "if noise >= _MOST_NOISE:",
        "if False:",
        _ON_TLS,
    ),
    Mutant("a handshake is bounded", _TLS, "if self._size > _MOST_SHAKEN:", "if False:", _ON_TLS),
    Mutant("a poll of a handshake is bounded", _TLS, "if self._size > enough:", "if False:", _ON_TLS),
    Mutant(
        "answers that nobody takes are bounded",
        _TLS,
        "if transport.outgoing.pending > _MOST_ANSWERED:",
        "if False:",
        _ON_TLS,
    ),
    Mutant("a write is bounded", _TLS, " or size >= _MOST_WRITTEN", "", _ON_TLS),
    Mutant(
        "a handshake has a deadline",
        _CONNECTOR,
        "if layer is not None and now >= self._deadline:",
        "if False:",
        (*_ON_REASONS, "-k", "stall"),
    ),
    Mutant(
        "the peer gets close_notify",
        _TLS,
        "which nobody waits for\n                        transport.object.unwrap()",
        "which nobody waits for\n                        pass",
        _ON_TLS,
    ),
    Mutant(
        "the peer gets an alert",
        _TLS,
        "        with contextlib.suppress(NetworkError):\n            self.push()\n        given",
        "        given",
        _ON_REASONS,
    ),
    Mutant(
        "a failure is raised again",
        _TLS,
        "is_end(error):\n            self._failed = transport.broken(error, fresh=self._fresh)\n",
        "is_end(error):\n"
        "            kind, text = transport.broken(error, fresh=self._fresh)\n            raise kind(text)\n",
        _ON_TLS,
    ),
    Mutant(
        "a client certificate that is refused late is a failed handshake",
        _TLS,
        "if fresh and is_refusal(error, self.object):",
        "if False:",
        _ON_CLIENTS,
    ),
    Mutant(
        "memory that was lent is not held by a failure",
        _HTTP11,
        "                with target:  # or it would last as long as the traceback of a failure\n"
        "                    got = stream.read_into(target)\n",
        "                got = stream.read_into(target)\n",
        _ON_LENT_MEMORY,
    ),
    # ---- what one call may last
    Mutant(
        "what answers the peer is worked out by other threads",
        _TLS,
        "            if self._begin:\n",
        "            if False:\n",
        _ON_TLS,
    ),
    Mutant(
        "a poll does not wait for a step to its end",
        _TLS,
        "            outcome = self._step(self._patience)\n",
        "            outcome = self._step(30.0)\n",
        _ON_TLS,
    ),
    Mutant(
        "nor does who watches wait at all",
        _TLS,
        "        self._patience = 0.0\n        if self._step is not None:\n            self._step.wake(watcher.wake)\n"
        "        elif self._due:",
        "        self._patience = 30.0\n        if self._step is not None:\n            pass\n"
        "        elif self._due:",
        _ON_TLS,
    ),
    Mutant(
        "who waits for a step wakes when it is done",
        _TLS,
        "            self._step(timeout)\n        elif",
        "            time.sleep(timeout)\n        elif",
        _ON_TLS,
    ),
    Mutant(
        "a process ends after the step that is under way",
        _TLS,
        "atexit.register(_workers.finish, _LAST_WAIT)",
        "pass",
        _ON_TLS,
    ),
    Mutant(
        "jobs that have not begun are forgotten at the end",
        _WORKERS,
        "            self._jobs.clear()\n",
        "            pass\n",
        _ON_WORKERS,
    ),
    Mutant("no finite-field Diffie-Hellman", _TRUST, "ECDH+AES:!aNULL", "ECDH+AES:DHE+AES:!aNULL", _ON_TRUST),
    Mutant(
        "large records are handed on one by one",
        _RECORDS,
        "(count and end + size - start > _TOGETHER)",
        "False",
        _ON_RECORDS,
    ),
    Mutant("few records are handed on together", _RECORDS, "while count < _MOST and", "while", _ON_RECORDS),
    Mutant(
        "what can't be a record is not waited for",
        _RECORDS,
        "if size > _LARGEST:",
        "if False:",
        _ON_RECORDS,
    ),
    Mutant(
        "what is cut short is handed on at the end",
        _RECORDS,
        "if not (self.ended and data):",
        "if True:",
        (*_ON_RECORDS, *_ON_TLS),
    ),
    Mutant(
        "a large record without data counts by its size",
        _TLS,
        "max(0, idle) * (1 + fed // 512)",
        "max(0, idle)",
        _ON_TLS,
    ),
    Mutant(
        "what was handed on is not handed on again",
        _RECORDS,
        "            self._at = end\n",
        "            pass\n",
        _ON_RECORDS,
    ),
    Mutant(
        "an idle connection keeps no buffers",
        _TLS,
        'self._transport.object.write(b"")',
        "pass",
        _ON_TLS,
    ),
    Mutant(
        "a record that a worker has read for a smaller buffer is read to its end",
        _TLS,
        "self._wary and transport.object.pending() > 0",
        "False",
        _ON_TLS,
    ),
    Mutant(
        "records of data are no noise",
        _TLS,
        "                        idle -= 1\n",
        "",
        _ON_TLS,
    ),
    Mutant(
        "one read takes some hundreds of records",
        _TLS,
        "for _ in range(_MOST_STEPS):",
        "for _ in range(1 << 30):",
        _ON_TLS,
    ),
    Mutant(
        "who waits learns that records are left",
        _TLS,
        "self.peek() is not Readiness.QUIET or self._more)",
        "self.peek() is not Readiness.QUIET)",
        _ON_TLS,
    ),
    Mutant(
        "records that came with the handshake are counted too",
        _TLS,
        "Records(transport.incoming.read())",
        'Records(b"")',
        _ON_TLS,
    ),
    Mutant(
        "reads that may have to sign are done by other threads",
        _TLS,
        "self._wary = bool(transport.context.policy.certificate) and",
        "self._wary = False and",
        _ON_TLS,
    ),
    Mutant(
        "nothing is written while a worker reads",
        _TLS,
        "if self._busy() or (transport.unsent",
        "if (transport.unsent",
        _ON_TLS,
    ),
    Mutant(
        "closing leaves OpenSSL alone while a worker reads",
        _TLS,
        "        if not self._busy():\n            with contextlib.suppress(ssl.SSLError",
        "        if True:\n            with contextlib.suppress(ssl.SSLError",
        _ON_TLS,
    ),
    # ---- certificates that are asked for later, and roots
    Mutant(
        "a certificate is given to who asks for it later",
        _TRUST,
        "context.post_handshake_auth = True",
        "pass",
        _ON_CLIENTS,
    ),
    Mutant(
        "a connection keeps its certificate when the handshake is over",
        _TRUST,
        "    if not policy.certificate:\n        return _IDLE",
        "    if True:\n        return _IDLE",
        _ON_CLIENTS,
    ),
    Mutant(
        "the system's roots are trusted too",
        _TRUST,
        "if roots is not Roots.CERTIFI:",
        "if roots is Roots.SYSTEM:",
        _ON_TRUST,
    ),
    Mutant(
        "Mozilla's roots can be trusted alone",
        _TRUST,
        "if roots is not Roots.CERTIFI:",
        "if True:",
        _ON_TRUST,
    ),
    Mutant(
        "the system's roots can be trusted alone",
        _TRUST,
        "if roots is not Roots.SYSTEM:",
        "if True:",
        _ON_TRUST,
    ),
    Mutant(
        "a system without roots is an error only for who wants nothing else",
        _TRUST,
        "if roots is Roots.SYSTEM and not found:",
        "if not found:",
        _ON_TRUST,
    ),
    Mutant(
        "a damaged root of the system's keeps nobody from the others",
        _TRUST,
        "            with contextlib.suppress(ssl.SSLError):  # one that is damaged\n",
        "            with contextlib.nullcontext():\n",
        _ON_TRUST,
    ),
    Mutant(
        "the environment says where the system's roots are",
        _TRUST,
        "if not os.environ.keys() & _WHERE and",
        "if",
        _ON_TRUST,
    ),
    Mutant(
        "the engine knows the system's roots",
        _POLICY,
        "return OS.get_system_ca_certificates()",
        'return ""',
        _IN_THE_ENGINE,
    ),
    Mutant(
        "a script can trust Mozilla's roots alone",
        _POLICY,
        "        return Roots.CERTIFI\n",
        "        return Roots.BOTH\n",
        _IN_THE_ENGINE,
    ),
    # ---- what is said of a failure
    Mutant(
        "records that are not intact are called so by OpenSSL 3.2 and newer",
        _REASONS,
        '    "RECORD_LAYER_FAILURE": _BROKEN,',
        "   ",
        _ON_REASONS,
    ),
    Mutant(
        "a record of another version breaks a connection that stands",
        _REASONS,
        'if code == "WRONG_VERSION_NUMBER":',
        "if False:",
        _ON_REASONS,
    ),
    Mutant(
        "what the peer calls itself is escaped",
        _REASONS,
        'return ascii(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")',
        "return f\"'{text}'\"",
        _ON_REASONS,
    ),
    Mutant("8 names are listed, not all", _REASONS, "names[:_MOST_NAMES]", "names", _ON_REASONS),
    # ---- certificates
    Mutant(
        "a certificate is in DER: lengths",
        _CERTIFICATE,
        "if size < 0x80 or digits[0] == 0:",
        "if False:",
        _ON_CERTIFICATES,
    ),
    Mutant(
        "a certificate is in DER: tags",
        _CERTIFICATE,
        "if data[start] == 0 or data[start] & _LONG_TAG == _LONG_TAG:",
        "if False:",
        _ON_CERTIFICATES,
    ),
    Mutant(
        "an item ends within its sequence",
        _CERTIFICATE,
        "        if end > len(data):\n",
        "        if False:\n",
        _ON_CERTIFICATES,
    ),
    Mutant(
        "a key is taken from its place only",
        _CERTIFICATE,
        "if [field.tag for field in fields[: len(_BEFORE_KEY) + 1]] != [*_BEFORE_KEY, _SEQUENCE]:",
        "if len(fields) <= len(_BEFORE_KEY):",
        _ON_CERTIFICATES,
    ),
    Mutant(
        "years of two digits begin with 1950",
        _CERTIFICATE,
        '("19" if text >= "5" else "20")',
        '("19" if text >= "6" else "20")',
        _ON_CERTIFICATES,
    ),
    Mutant(
        "extensions behind a certificate are passed over",
        _CERTIFICATE,
        "start += 2 + int.from_bytes(message[start : start + 2])",
        "start += 2",
        _ON_CERTIFICATES,
    ),
    # ---- proxies
    Mutant("a tunnel begins with silence", _TUNNEL, "        if surplus:", "        if False:", _ON_TUNNELS),
    Mutant(
        "300 is no yes",
        _TUNNEL,
        "if not 200 <= head.code < 300:",
        "if not 200 <= head.code <= 300:",
        _ON_TUNNELS,
    ),
    Mutant(
        "interim answers of a proxy are bounded",
        _TUNNEL,
        "if self._heads.behind:\n            return self._take_heads()",
        'self._heads = HeadReader("CONNECT")',
        _ON_TUNNELS,
    ),
    Mutant(
        "another protocol is no tunnel",
        _TUNNEL,
        "if not 200 <= head.code < 300:",
        "if not 101 <= head.code < 300:",
        _ON_TUNNELS,
    ),
    Mutant(
        "a proxy gets its credentials",
        _TUNNEL,
        "if authorization else []",
        "if False else []",
        _ON_PROXIES,
    ),
    Mutant(
        "what a proxy said before it left is the reason",
        _TUNNEL,
        "            if self._answered(gone=True):\n                return True\n",
        "",
        _ON_TUNNELS,
    ),
    Mutant(
        "a proxy's credentials do not go through its tunnel",
        _CONNECTOR,
        "self.proxy.kind.forwards and not self.target.tls",
        "self.proxy.kind.forwards",
        _ON_PROXIES,
    ),
    Mutant(
        "a proxy's credentials do not go to a stream of one's own",
        _CONNECTIONS,
        "                self._forwarder = None\n",
        "",
        _ON_PROXIES,
    ),
    Mutant(
        "a proxy's credentials do not go through a tunnel of one's own",
        _CLIENT,
        "self._forwarder = None  # it leads to another, who has no use for a proxy's credentials",
        "pass",
        _ON_PROXIES,
    ),
    Mutant(
        "pins and certificates for the host are not for its proxy",
        _CONNECTOR,
        "step_to(proxy.host, route.proxy_tls or",
        "step_to(proxy.host, route.tls or route.proxy_tls or",
        _ON_PROXIES,
    ),
    Mutant(
        "the host's policy counts behind a proxy",
        _CONNECTOR,
        "above = step_to(route.target, route.tls or",
        "above = step_to(route.target, (route.proxy_tls if proxy else route.tls) or",
        _ON_PROXIES,
    ),
    Mutant(
        "nobody is connected to past a proxy that is none",
        _PROXIES,
        "        if isinstance(proxy, LocalError):\n",
        "        if isinstance(proxy, LocalError):\n            return None\n",
        _ON_CLIENTS,
    ),
    Mutant(
        "each scheme has its proxy",
        _PROXIES,
        "proxy = self._usable(target.tls)",
        "proxy = self._usable(True)",
        _ON_PROXIES,
    ),
    Mutant(
        "a script's policy is not for proxies, but for its roots",
        _POLICY,
        "    return TlsPolicy(roots=roots, **_surroundings())\n",
        "    return policy_of(None, policy)\n",
        _IN_THE_ENGINE,
    ),
    Mutant(
        "a script's choice of roots holds for proxies",
        _POLICY,
        "    roots = _default_roots() if policy is None else _roots_of(policy)\n",
        "    roots = _default_roots()\n",
        _IN_THE_ENGINE,
    ),
    Mutant(
        "a password is not repeated",
        _HOST,
        "text.rpartition('@')[2]",
        "text",
        ("tests/unit/http/test_url.py",),
    ),
)
