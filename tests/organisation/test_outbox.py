"""The outbox: one event, one mail, whatever the mail server, the broker or a worker does meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
import pytest
import redis
from django.db import connection, transaction

from organisation import nudging
from organisation.models import OutgoingMail
from organisation.outbox import attachments, delivery, queueing
from organisation.outbox.attachments import Document, register_maker
from organisation.outbox.delivery import BACK_OFF, Delivered, delete_expired, deliver_due
from organisation.outbox.queueing import Mail, nudge_on_commit, queue_mails
from organisation.tasks import send_mail, sweep_mail
from tests.post_office import PostOffice, free_port, open_post_office, send_to

NOW = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Status = OutgoingMail.Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings) -> None:
    """A mail of our own that says what its context says."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "note.subject.txt").write_text("{% autoescape off %}Melding til {{ name }}{% endautoescape %}\n")
    (folder / "note.txt").write_text("{% autoescape off %}Hei {{ name }}, «{{ about }}».{% endautoescape %}\n")
    (folder / "note.html").write_text("<p>Hei {{ name }}, «{{ about }}».</p>\n")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]


@pytest.fixture
def office(settings) -> Iterator[PostOffice]:
    with open_post_office() as office:
        send_to(office.port, settings)
        yield office


@pytest.fixture
def _no_maker_stays() -> Iterator[None]:
    before = dict(attachments._makers)
    yield
    attachments._makers.clear()
    attachments._makers.update(before)


def note(key: str, *, name: str = "Åse", to: str = "", about: str = "vegen", **fields) -> Mail:
    return Mail("note", key, to or f"{key}@example.org", "nb", {"name": name, "about": about}, **fields)


def queue(*mails: Mail, now: datetime = NOW) -> int:
    with transaction.atomic():
        return queue_mails(mails, now=now)


def statuses() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("dedupe_key", "status"))


def recipients(office: PostOffice) -> list[str]:
    return sorted(str(message["To"]) for message in office.messages)


# --- Queueing -------------------------------------------------------------------------------------------------------


def test_a_mail_is_a_row_in_the_transaction_of_what_it_tells_of() -> None:
    assert queue(note("a", name="Øystein", about="<b> & 'c'")) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language, mail.status) == ("note", "a@example.org", "nb", Status.QUEUED)
    assert mail.subject == "Melding til Øystein"
    assert mail.text == "Hei Øystein, «<b> & 'c'».\n"
    assert mail.html == "<p>Hei Øystein, «&lt;b&gt; &amp; &#x27;c&#x27;».</p>\n"
    assert (mail.queued_at, mail.next_attempt_at) == (NOW, NOW)
    assert mail.delete_on == date(2027, 2, 14)


def test_the_same_event_twice_is_one_mail() -> None:
    assert queue(note("a", about="først"), note("b")) == 2
    assert queue(note("a", about="igjen"), note("c")) == 1
    assert sorted(statuses()) == ["a", "b", "c"]
    assert "først" in OutgoingMail.objects.get(dedupe_key="a").text


def test_the_same_event_twice_in_one_call_is_one_mail() -> None:
    queue(note("a"), note("a"))
    assert OutgoingMail.objects.count() == 1


def test_a_transaction_that_fails_leaves_no_mail() -> None:
    def fail() -> None:
        with transaction.atomic():
            queue_mails([note("a")], now=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_mail_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        queue_mails([note("a")], now=NOW)
    assert not OutgoingMail.objects.exists()


def test_a_name_with_line_breaks_makes_no_header() -> None:
    queue(note("a", name="Ola\r\nBcc: all@example.org\n\nx"))
    assert OutgoingMail.objects.get().subject == "Melding til Ola Bcc: all@example.org x"


def test_a_very_long_subject_is_cut() -> None:
    queue(note("a", name="Ø" * 1000))
    assert len(OutgoingMail.objects.get().subject) == 250


def test_queueing_costs_the_same_for_one_mail_and_for_fifty(django_assert_num_queries) -> None:
    with transaction.atomic():
        with django_assert_num_queries(1):
            queue_mails([note("one")], now=NOW)
        with django_assert_num_queries(1):
            queue_mails([note(f"n{number}") for number in range(50)], now=NOW)


def test_one_nudge_for_a_transaction_however_many_mails(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        queue_mails([note("a")], now=NOW)
        queue_mails([note("b"), note("c")], now=NOW)
        nudge_on_commit()
    assert len(callbacks) == 1


def test_no_mail_no_nudge(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        assert queue() == 0
    assert callbacks == []


def test_words_are_made_once_for_mails_that_differ_in_what_is_their_own() -> None:
    queueing._kept_words.cache_clear()
    queue(*(note(key, name="Mark", about="kept", own={"Mark": name}) for key, name in (("a", "Åse"), ("b", "Ola"))))
    queue(note("c", name="Mark", about="new", own={"Mark": "Ola"}), note("d", name="Mark", about="kept"))
    assert queueing._kept_words.cache_info()[:2] == (1, 2)  # hits and misses
    assert list(OutgoingMail.objects.order_by("dedupe_key").values_list("subject", "text", "html")) == [
        ("Melding til Åse", "Hei Åse, «kept».\n", "<p>Hei Åse, «kept».</p>\n"),
        ("Melding til Ola", "Hei Ola, «kept».\n", "<p>Hei Ola, «kept».</p>\n"),
        ("Melding til Ola", "Hei Ola, «new».\n", "<p>Hei Ola, «new».</p>\n"),
        ("Melding til Mark", "Hei Mark, «kept».\n", "<p>Hei Mark, «kept».</p>\n"),
    ]


# --- The broker -----------------------------------------------------------------------------------------------------


@pytest.fixture
def _celery_as_before() -> Iterator[None]:
    from config.celery import app

    before = app.conf.broker_url
    yield
    _broker(before)


def _broker(url: str) -> None:
    """Point Celery at a broker, forgetting the connections it holds."""
    from config.celery import app

    nudging._rests_until = 0.0
    nudging._next_at.clear()
    app._pool = None
    app.amqp._producer_pool = None
    app.conf.broker_url = app.conf.broker_write_url = url


BEARABLE = 10
"""Seconds. No measure of speed: with Celery's own settings one would wait for minutes."""


def _queued_and_committed(django_capture_on_commit_callbacks) -> float:
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        queue(note("a"))
    return time.monotonic() - started


def _waiting_in_the_queue(settings) -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))


@pytest.mark.django_db(transaction=True)
def test_of_many_nudges_the_first_goes_at_once_and_one_after_the_last(settings) -> None:
    def wait_for(tasks: int) -> None:
        until = time.monotonic() + BEARABLE
        while _waiting_in_the_queue(settings) < tasks:
            assert time.monotonic() < until
            time.sleep(0.01)

    queue(note("first"))
    assert _waiting_in_the_queue(settings) == 1
    for number in range(20):
        queue(note(f"n{number}"))
    before_the_last = _waiting_in_the_queue(settings)  # more than one where the machine took longer than a moment
    assert before_the_last < 10
    wait_for(before_the_last + 1)
    time.sleep(2 * nudging.APART)
    assert _waiting_in_the_queue(settings) == before_the_last + 1
    queue(note("later"))
    assert _waiting_in_the_queue(settings) == before_the_last + 2


@pytest.mark.usefixtures("_celery_as_before")
class TestBrokerDown:
    """A broker that is down never shows: the row is there, and the sweep finds it."""

    def test_nobody_listens_on_its_port(self, django_capture_on_commit_callbacks) -> None:
        _broker(f"redis://127.0.0.1:{free_port()}/0")
        assert _queued_and_committed(django_capture_on_commit_callbacks) < BEARABLE
        assert statuses() == {"a": Status.QUEUED}

    def test_its_socket_is_gone(self, django_capture_on_commit_callbacks, tmp_path) -> None:
        _broker(f"redis+socket://{tmp_path}/gone.sock")
        assert _queued_and_committed(django_capture_on_commit_callbacks) < BEARABLE
        assert statuses() == {"a": Status.QUEUED}

    def test_its_name_is_not_known(self, django_capture_on_commit_callbacks) -> None:
        _broker("redis://no-such-host.invalid:6379/0")
        assert _queued_and_committed(django_capture_on_commit_callbacks) < BEARABLE
        assert statuses() == {"a": Status.QUEUED}

    def test_a_silent_one_is_not_asked_again_at_once(self, django_capture_on_commit_callbacks) -> None:
        """Else each of the citizens who write meanwhile waits for its time-out."""
        asked: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=_hang_up_on_all, args=(server, asked), daemon=True).start()
            _broker(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
            times = []
            for key in ("a", "b", "c"):
                with django_capture_on_commit_callbacks(execute=True):
                    queue(note(key))
                times.append(len(asked))
        assert times[0] == times[2] > 0
        assert set(statuses().values()) == {Status.QUEUED}

    @pytest.mark.slow
    def test_it_takes_the_connection_and_never_answers(self, django_capture_on_commit_callbacks) -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            _broker(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
            assert _queued_and_committed(django_capture_on_commit_callbacks) < BEARABLE
        assert statuses() == {"a": Status.QUEUED}

    @pytest.mark.parametrize(
        "answer",
        [
            b"-LOADING Valkey is loading the dataset in memory\r\n",
            b"-MISCONF Valkey is configured to save RDB snapshots, but cannot\r\n",
            b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
            b"-READONLY You can't write against a read only replica.\r\n",
            b"-NOAUTH Authentication required.\r\n",
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"",
        ],
        ids=[
            "loading",
            "cannot save",
            "out of memory",
            "read only",
            "wants a password",
            "no broker at all",
            "hangs up",
        ],
    )
    def test_it_answers_with_an_error(self, answer, django_capture_on_commit_callbacks) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=_answer_all, args=(server, answer), daemon=True).start()
            _broker(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
            assert _queued_and_committed(django_capture_on_commit_callbacks) < BEARABLE
        assert statuses() == {"a": Status.QUEUED}


def _hang_up_on_all(server: socket.socket, asked: list[bytes]) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        with client:
            asked.append(client.recv(65536))


def _answer_all(server: socket.socket, answer: bytes) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        with client:
            try:
                while client.recv(65536) and answer:
                    client.sendall(answer)
            except OSError:
                continue


# --- Delivery -------------------------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(office) -> None:
    queue(note("a", name="Åse Ørjasæter", about="blåbærsyltetøy på Sørøya 😀"))
    assert deliver_due(now=NOW) == Delivered(sent=1)
    (message,) = office.messages
    assert message["Subject"] == "Melding til Åse Ørjasæter"
    assert message["From"].addresses[0].display_name == "Sandøy kommune"
    assert message["From"].addresses[0].addr_spec == "post@sandoy.example"
    assert message["To"] == "a@example.org"
    assert message["Content-Language"] == "nb"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@sandoy.example>")
    assert message.get_body(("plain",)).get_content().splitlines() == [
        "Hei Åse Ørjasæter, «blåbærsyltetøy på Sørøya 😀»."
    ]
    assert "<p>Hei Åse Ørjasæter" in message.get_body(("html",)).get_content()
    mail = OutgoingMail.objects.get()
    assert (mail.status, mail.sent_at, mail.attempts, mail.claimed_at, mail.error) == (
        Status.SENT,
        mail.sent_at,
        1,
        None,
        "",
    )
    assert NOW <= mail.sent_at < NOW + MINUTE


def test_a_sent_mail_is_not_sent_again(office) -> None:
    queue(note("a"))
    assert deliver_due(now=NOW) == Delivered(sent=1)
    assert deliver_due(now=NOW + timedelta(days=1)) == Delivered()
    assert len(office.messages) == 1


def test_mails_go_over_one_connection(office) -> None:
    queue(*(note(f"n{number}") for number in range(20)))
    assert deliver_due(now=NOW) == Delivered(sent=20)
    assert len(office.messages) == 20
    assert len(office.sessions) == 1


def test_the_limit_leaves_the_rest_for_the_next_pass(office) -> None:
    queue(*(note(f"n{number}") for number in range(5)))
    assert deliver_due(now=NOW, limit=3) == Delivered(sent=3)
    assert deliver_due(now=NOW, limit=3) == Delivered(sent=2)


def test_a_domain_with_norwegian_letters_gets_its_mail(office) -> None:
    queue(note("a", to="ola@sandøy.example"))
    assert deliver_due(now=NOW) == Delivered(sent=1)
    assert str(office.messages[0]["To"]) == "ola@xn--sandy-yua.example"


def test_an_address_that_would_make_a_header_fails_and_the_others_go(office) -> None:
    queue(note("a", to="a@example.org\nBcc: all@example.org"), note("b"))
    assert deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    assert recipients(office) == ["b@example.org"]
    assert statuses() == {"a": Status.FAILED, "b": Status.SENT}


def test_a_temporary_refusal_is_tried_again_after_a_wait(office) -> None:
    office.answers["a@example.org"] = ["451 Try again later", "421 Too busy"]
    queue(note("a"), note("b"))
    assert deliver_due(now=NOW) == Delivered(sent=1, put_off=1)
    mail = OutgoingMail.objects.get(dedupe_key="a")
    assert (mail.status, mail.attempts, mail.claimed_at) == (Status.QUEUED, 1, None)
    assert BACK_OFF[0] <= mail.next_attempt_at - NOW < BACK_OFF[0] + MINUTE
    assert "451" in mail.error
    assert deliver_due(now=NOW + MINUTE / 2) == Delivered()
    second = mail.next_attempt_at
    assert deliver_due(now=second) == Delivered(put_off=1)
    mail.refresh_from_db()
    assert BACK_OFF[1] <= mail.next_attempt_at - second < BACK_OFF[1] + MINUTE
    assert deliver_due(now=mail.next_attempt_at) == Delivered(sent=1)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.error) == (Status.SENT, 3, "")
    assert recipients(office) == ["a@example.org", "b@example.org"]


def test_a_mail_that_is_put_off_for_ever_fails_in_the_end(office) -> None:
    office.answers["a@example.org"] = ["451 Later"] * 20
    queue(note("a"))
    now, tries = NOW, 0
    while (mail := OutgoingMail.objects.get()).status == Status.QUEUED:
        now = mail.next_attempt_at
        deliver_due(now=now)
        tries += 1
    assert mail.status == Status.FAILED
    assert tries == len(BACK_OFF) + 1
    assert now - NOW > timedelta(hours=40)
    assert office.messages == []


def test_a_refusal_for_good_fails_and_the_others_go(office) -> None:
    office.answers["a@example.org"] = ["550 No such user"]
    queue(note("a"), note("b"), note("c"))
    assert deliver_due(now=NOW) == Delivered(sent=2, failed=1)
    assert recipients(office) == ["b@example.org", "c@example.org"]
    mail = OutgoingMail.objects.get(dedupe_key="a")
    assert (mail.status, mail.error, mail.sent_at) == (Status.FAILED, "550 No such user", None)
    assert deliver_due(now=NOW + timedelta(days=9)) == Delivered()


def test_a_text_that_the_server_refuses_fails_and_the_others_go(office) -> None:
    office.answers_to_data = ["554 Looks like spam"]
    queue(note("a"), note("b"))
    assert deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    assert statuses() == {"a": Status.FAILED, "b": Status.SENT}


def test_a_server_that_hangs_up_in_the_middle_gets_the_rest_anew(office) -> None:
    office.answers_to_data = ["421 Going down"]
    queue(note("a"), note("b"))
    assert deliver_due(now=NOW) == Delivered(sent=1, put_off=1)
    assert deliver_due(now=NOW + 2 * MINUTE) == Delivered(sent=1)
    assert recipients(office) == ["a@example.org", "b@example.org"]


def test_a_server_that_is_down_keeps_the_rows_and_gets_them_once_when_it_is_back(settings) -> None:
    port = free_port()
    send_to(port, settings)
    queue(*(note(f"n{number}") for number in range(3)))
    assert deliver_due(now=NOW) == Delivered(put_off=1)
    assert set(statuses().values()) == {Status.QUEUED}
    with open_post_office(port) as office:
        assert deliver_due(now=NOW + 2 * MINUTE) == Delivered(sent=3)
        assert deliver_due(now=NOW + 3 * MINUTE) == Delivered()
        assert len(office.messages) == 3


def test_no_mail_is_given_up_because_the_server_was_down_for_a_week(settings) -> None:
    port = free_port()
    send_to(port, settings)
    queue(note("a"))
    for hour in range(24 * 7):
        deliver_due(now=NOW + timedelta(hours=hour))
    mail = OutgoingMail.objects.get()
    assert mail.status == Status.QUEUED
    with open_post_office(port) as office:
        assert deliver_due(now=NOW + timedelta(days=7, minutes=5)) == Delivered(sent=1)
        assert len(office.messages) == 1


def test_a_server_that_falls_silent_holds_up_no_worker_and_fails_no_mail(office, settings) -> None:
    """Each mail would wait for the time-out: 500 of them for hours, with a worker that does nothing else."""
    settings.EMAIL_TIMEOUT, office.seconds_for_each = 0.3, 1.0
    queue(note("a"), note("b"), note("c"))
    done = deliver_due(now=NOW)
    assert (done, done.is_down) == (Delivered(put_off=1), True)
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {(Status.QUEUED, 0)}


def test_a_nudge_leaves_a_server_alone_that_was_away_and_the_sweep_tries_it(settings) -> None:
    port = free_port()
    send_to(port, settings)
    queue(note("a"), note("b"), now=datetime.now(UTC))
    assert send_mail() == "sent 0, put off 1, failed 0"
    with open_post_office(port) as office:
        assert send_mail() == "the mail server rests"
        assert sweep_mail() == "sent 1, put off 0, failed 0"
        assert recipients(office) == ["b@example.org"]


def test_a_mail_whose_workers_all_died_is_given_up(office) -> None:
    """One whose document takes the memory of whoever makes it would end a worker every five minutes for ever."""
    queue(note("a"), note("b"))
    died = len(BACK_OFF) + 1
    OutgoingMail.objects.filter(dedupe_key="a").update(
        status=Status.SENDING, claimed_at=NOW - 6 * MINUTE, attempts=died
    )
    assert deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    assert OutgoingMail.objects.get(dedupe_key="a").error == delivery.WORKERS_DIED


@pytest.mark.parametrize("greeting", [b"554 No service here\r\n", b"421 Too many\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_does_not_let_us_in_fails_no_mail(greeting, settings) -> None:
    """Its greeting is about us, not about the mail: somebody will put it right."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, greeting), daemon=True).start()
        send_to(server.getsockname()[1], settings)
        queue(note("a"), note("b"))
        assert deliver_due(now=NOW) == Delivered(put_off=1)
    assert set(statuses().values()) == {Status.QUEUED}


def _greet(server: socket.socket, greeting: bytes) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        with client:
            client.sendall(greeting)


def test_a_refused_login_fails_no_mail_and_leaves_no_connection(office, settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "innspill", "a password that this server does not ask for"
    queue(note("one"))
    assert deliver_due(now=NOW) == Delivered(put_off=1)
    ours = [line for line in psutil.Process().net_connections() if line.raddr and line.raddr.port == office.port]
    assert [line for line in ours if line.status == psutil.CONN_ESTABLISHED] == []


def test_a_refused_sender_fails_no_mail(office, settings) -> None:
    """The sender is ours and the same for all mails: a wrong setting must not throw away what waits."""
    office.answers_to_sender = "550 You may not send as that"
    queue(note("a"), note("b"))
    assert deliver_due(now=NOW) == Delivered(put_off=2)
    office.answers_to_sender = ""
    assert deliver_due(now=NOW + 2 * MINUTE) == Delivered(sent=2)


# --- Workers that die, and workers at once --------------------------------------------------------------------------


def test_a_dead_workers_mail_is_sent_by_somebody_else(office) -> None:
    queue(note("dead"), note("alive"))
    claims = {"dead": NOW - 6 * MINUTE, "alive": NOW - 4 * MINUTE}
    for key, claimed_at in claims.items():
        OutgoingMail.objects.filter(dedupe_key=key).update(status=Status.SENDING, claimed_at=claimed_at, attempts=1)
    assert deliver_due(now=NOW) == Delivered(sent=1)
    assert recipients(office) == ["dead@example.org"]
    assert statuses() == {"dead": Status.SENT, "alive": Status.SENDING}
    assert OutgoingMail.objects.get(dedupe_key="dead").attempts == 2


def test_the_mail_sent_twice_by_a_dead_worker_has_the_same_id(office) -> None:
    queue(note("a"))
    deliver_due(now=NOW)
    OutgoingMail.objects.update(status=Status.SENDING, claimed_at=NOW - 6 * MINUTE, sent_at=None)
    deliver_due(now=NOW + 9 * MINUTE)
    first, second = office.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_long_pass_claims_by_the_time_it_is_not_by_the_time_it_began(office, monkeypatch) -> None:
    """Else a pass of more than five minutes has its last claims taken for a dead worker's, and they go twice."""
    clock = iter(range(0, 100_000, 120))
    monkeypatch.setattr(delivery, "monotonic", lambda: float(next(clock)))
    queue(note("a"), note("b"), note("c"))
    assert deliver_due(now=NOW) == Delivered(sent=3)
    sent = list(OutgoingMail.objects.order_by("id").values_list("sent_at", flat=True))
    assert sent == sorted(sent)
    assert sent[2] - sent[0] >= 4 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_deliveries_at_once_send_each_mail_once(office) -> None:
    office.seconds_for_each = 0.005
    queue(*(note(f"n{number}") for number in range(40)))
    done: list[Delivered] = []

    def deliver() -> None:
        try:
            done.append(deliver_due(now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.sent for each in done) == 40
    assert len(done) == 4
    assert recipients(office) == sorted(f"n{number}@example.org" for number in range(40))
    assert set(statuses().values()) == {Status.SENT}


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_queue_the_same_event_at_once_make_one_mail() -> None:
    ready = threading.Barrier(2)
    new: list[int] = []

    def go() -> None:
        try:
            with transaction.atomic():
                ready.wait()
                new.append(queue_mails([note("a")], now=NOW))
                time.sleep(0.05)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutgoingMail.objects.count() == 1
    assert len(new) == 2


# --- Documents that are made when the mail is sent -------------------------------------------------------------------


@pytest.mark.usefixtures("_no_maker_stays")
def test_a_document_is_made_when_the_mail_is_sent(office) -> None:
    made = []

    def maker(*, language: str, number: int) -> Document:
        made.append((language, number))
        return Document("liste.pdf", b"%PDF-1.7 x", "application/pdf")

    register_maker("list", maker)
    queue(note("a", attachment={"maker": "list", "number": 7}))
    assert made == []
    deliver_due(now=NOW)
    assert made == [("nb", 7)]
    (attached,) = office.messages[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("liste.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.7 x"


@pytest.mark.usefixtures("_no_maker_stays")
@pytest.mark.parametrize("error", [LookupError("gone"), RuntimeError("font missing"), ZeroDivisionError()])
def test_a_mail_whose_document_cannot_be_made_holds_up_no_other(error, office, caplog) -> None:
    def broken(*, language: str) -> Document:
        raise error

    register_maker("broken", broken)
    queue(note("a", attachment={"maker": "broken"}), note("b"), note("c"))
    assert deliver_due(now=NOW) == Delivered(sent=2, put_off=1)
    assert recipients(office) == ["b@example.org", "c@example.org"]
    mail = OutgoingMail.objects.get(dedupe_key="a")
    assert mail.status == Status.QUEUED
    assert type(error).__name__ in mail.error
    assert "a@example.org" not in caplog.text
    register_maker("broken", lambda *, language: Document("x.pdf", b"%PDF", "application/pdf"))
    assert deliver_due(now=NOW + 2 * MINUTE) == Delivered(sent=1)


def test_a_mail_that_names_an_unknown_document_waits(office) -> None:
    """A worker of an older version may not know it: the next version's does."""
    queue(note("a", attachment={"maker": "of tomorrow"}))
    assert deliver_due(now=NOW) == Delivered(put_off=1)


# --- The last day ---------------------------------------------------------------------------------------------------


def test_mails_go_on_their_last_day_whatever_became_of_them() -> None:
    queue(note("sent"), note("failed"), note("queued"), note("sending"))
    queue(note("newer"), now=NOW + timedelta(days=1))
    OutgoingMail.objects.filter(dedupe_key="sent").update(status=Status.SENT, sent_at=NOW)
    OutgoingMail.objects.filter(dedupe_key="failed").update(status=Status.FAILED)
    OutgoingMail.objects.filter(dedupe_key="sending").update(status=Status.SENDING, claimed_at=NOW)
    last_day = OutgoingMail.objects.get(dedupe_key="sent").delete_on
    assert delete_expired(today=last_day - timedelta(days=1)) == 0
    assert delete_expired(today=last_day) == 3
    assert sorted(statuses()) == ["newer", "sending"]
