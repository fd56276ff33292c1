"""A web proxy that does what it should, or gives one answer to everybody."""
import contextlib
import socket
import socketserver
import threading
from urllib.parse import urlsplit


class WebProxy:
    """With `answer` (bytes) nothing else is said. First lines of the requests that have come are in `asked`."""

    def __init__(self, answer=None):
        self.asked = []
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    proxy._serve(self.connection, self.rfile, answer)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __str__(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, client, file, answer):
        line = file.readline().decode()
        head = b"".join(iter(file.readline, b"\r\n")) + b"\r\n"
        self.asked.append(line.strip())
        if answer is not None:
            client.sendall(answer)
            return
        method, target, version = line.split()
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        with socket.create_connection((parts.hostname, parts.port), 30) as server:
            if tunnel:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(f"{method} {parts.path} {version}\r\n".encode() + head)
            back = threading.Thread(target=relay, args=(server, client), daemon=True)
            back.start()
            relay(client, server)
            back.join()


def relay(source, target):
    """Until the source ends."""
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
