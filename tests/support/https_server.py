"""A server on this machine over TLS, whose certificate an authority of the tests issues."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import authority as made

SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"


@contextmanager
def running(
    handler: type[BaseHTTPRequestHandler], *, root: made.Identity | None, folder: Path, host: str = "127.0.0.1"
) -> Iterator[int]:
    """The port of a server at 127.0.0.1 whose certificate names `host`; without TLS where `root` is None."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if root is not None:
            server.socket = _context(root, folder, host).wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        server.handle_error = lambda *args: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def _context(root: made.Identity, folder: Path, host: str) -> ssl.SSLContext:
    try:
        name: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        name = x509.DNSName(host)
    identity = made.certify(
        {"CN": host},
        issuer=root,
        purposes=(SERVER_AUTHENTICATION,),
        extra=[(x509.SubjectAlternativeName([name]), False)],
        end=made.NOW + made.DAY,
    )
    path = folder / f"{host}.pem"
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path.write_text(identity.pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
