"""A real nginx on the loopback interface, with as many servers as are wanted, each with a port of its own.

with Nginx([Site(Authority().issue("localhost"))]) as nginx:
    ...  # talk to 127.0.0.1, nginx.ports[0]
"""

import contextlib
import os
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from .certificates import Identity
from .processes import running

_CONFIGURATION: Final = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr alert;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type text/plain;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  {servers}
}}
"""


@dataclass(frozen=True)
class Site:
    """One server.

    Attributes:
        identity: its certificate; None: it speaks no TLS.
        answer: the body of its answers, in which nginx's variables have their values.
        directives: more of its configuration.
        clients: who must have issued its clients' certificates, in PEM; empty: it wants none.
    """

    identity: Identity | None = None
    answer: str = "hello"
    directives: Sequence[str] = ()
    clients: str = ""


class Nginx:
    """A process of nginx, by $NGINX or on PATH, which ends with the block.

    Args:
        sites: its servers.
    """

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = sites
        self._stack = contextlib.ExitStack()
        # All are held until all are known, so that no two are the same.
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in sites]
        self.ports: list[int] = [listener.getsockname()[1] for listener in listeners]
        for listener in listeners:
            listener.close()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            servers = [self._server(folder, number) for number in range(len(self._sites))]
            text = _CONFIGURATION.format(servers="\n  ".join(servers))
            (folder / "nginx.conf").write_text(text, encoding="utf-8")
            command = [os.environ.get("NGINX", "nginx"), "-p", f"{folder}/", "-c", "nginx.conf"]
            others = {name: value for name, value in os.environ.items() if name != "NGINX"}  # it reads that
            stack.enter_context(running([*command, "-e", "stderr"], self.ports, others))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _server(self, folder: Path, number: int) -> str:
        site = self._sites[number]
        lines = [f"listen 127.0.0.1:{self.ports[number]}{' ssl' if site.identity else ''}"]
        lines += [f'location / {{ return 200 "{site.answer}"; }}'] if site.answer else []
        if site.identity is not None:
            files = {"certificate": site.identity.chain_pem, "key": site.identity.key_pem}
            for name, pem in files.items():
                (folder / f"{number}.{name}").write_text(pem, encoding="ascii")
            lines += [f"ssl_certificate {number}.certificate", f"ssl_certificate_key {number}.key"]
        if site.clients:
            (folder / f"{number}.clients").write_text(site.clients, encoding="ascii")
            lines += [f"ssl_client_certificate {number}.clients", "ssl_verify_client on"]
        lines += site.directives
        return f"server {{ {' '.join(line if line.endswith('}') else f'{line};' for line in lines)} }}"
