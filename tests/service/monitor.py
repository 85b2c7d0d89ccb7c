"""What a monitor asks of the service."""

from __future__ import annotations

from http.client import HTTPConnection


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Return the status and the body of an answer."""
    connection = HTTPConnection(host, port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
