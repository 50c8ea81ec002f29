"""How the web server of production shares its work out."""

from __future__ import annotations

import http.client

import pytest

from tests.config.conftest import House, free_port, url_of_test_database


@pytest.mark.fault
def test_no_connection_stays_with_the_worker_that_took_it(house: House, transactional_db: None) -> None:
    port = free_port()
    house.extra_env = {"SECRET_KEY": "x", "PORT": str(port), "DATABASE_URL": url_of_test_database()}
    web = house.gunicorn()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(2):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Connection"], answer.read()) == (200, "close", b"ok\n")
        # Its end comes with the answer: whoever kept it would learn that of their next request only.
        assert connection.sock is None
    web.terminate()
    web.communicate(timeout=30)
