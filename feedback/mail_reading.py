"""Read a mail: who wrote, what is new in it, what came with it, and whether anybody wrote it at all. Pure: bytes in.

Nothing in a mail is trusted: it is looked over before it is taken apart, so that what is made to be costly (thousands of
parts, deep nesting, a header without an end) is refused by a count, and what cannot be read is named and raises nothing else.
"""

from __future__ import annotations

import codecs
import email
import email.errors
import email.header
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message

from feedback.mail_words import Split, split_words

MOST_HEADER = 256 * 1024
"""Bytes of the header. Real ones have a tenth of it."""

MOST_PARTS = 500
MOST_BOUNDARIES = 10_000
"""Lines that begin with two dashes, each of which may begin a part: more than any mail of a person has."""

MOST_LINES = 1_000_000
"""A mail of 25 MB has a third of it; each line costs the library many times its length."""

MOST_DEPTH = 25
"""Parts that hold parts that hold parts."""

MOST_PART_HEADER = 64 * 1024
LONGEST_ABOUT_PART = 4096
"""Bytes of one field that says what a part is. The library's time for one grows with the square of its length."""

MOST_HTML = 300_000
MOST_TEXT = 200_000
"""Characters that are read of a text. A card holds a tenth of it."""

SMALLEST_INLINE = 8 * 1024
"""Bytes. A picture in the text that is smaller is a logo of a signature, and stays in the original."""

_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,190}")
_CONTAINER = re.compile(rb"^content-type:\s*multipart/", re.I | re.M)
_WITHIN = re.compile(rb"^(content-type:\s*)message/", re.I | re.M)
_ABOUT_PART = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.I | re.M)
_TYPE = re.compile(rb"^content-type:", re.I | re.M)
_CHARSET = re.compile(
    r"^(ascii|utf-(7|8|16|32)(-[bl]e)?|utf-8-sig|latin-?1|iso8859-\d+|cp\d{3,5}|koi8-[rtu]|mac-\w+|gb2312|gbk|gb18030|hz|big5\w*"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|johab|tis-620|ptcp154|kz1048)$"
)
"""Python's names of codecs that are character sets, and none of its other codecs, some of which are costly."""


_ORIGINALS = ("application/x-message-rfc822", "text/rfc822-headers")


class Unreadable(Exception):
    """The mail cannot be read as one: `reason` is the code of why, of `IncomingMail.Reason`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class File:
    """What came with a mail, by its own name. What it is, its bytes tell."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """A report by RFC 3464 that a mail did not arrive: to whom, for which reason, and the header of the mail."""

    recipient: str
    status: str
    original: str


@dataclass(frozen=True)
class Read:
    """A mail as it was read. `problem` is the code of why a person must look, empty where nobody must.

    `addressed` are the addresses it was sent to, `named` the Message-IDs that it answers, `asks_silence` whether nobody
    may be answered, `automatic` whether a machine answers us, `bulk` whether it went to very many.
    """

    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    addressed: tuple[str, ...] = ()
    named: str = ""
    text: str = ""
    rest: str = ""
    files: tuple[File, ...] = ()
    problem: str = ""
    asks_silence: bool = False
    automatic: bool = False
    bulk: bool = False
    spam: bool = False
    forged: bool = False
    bounce: Bounce | None = None
    is_report: bool = False


@dataclass
class _Found:
    """What was found in the parts so far."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    problem: str = ""


def read_mail(raw: bytes, *, trusted_server: str = "") -> Read:
    """Read a mail. `trusted_server` is the name under which our own mail server writes Authentication-Results.

    Raises nothing for what is in the mail: what could be read of it is there, and `problem` says what could not.
    """
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    header = plain.partition(b"\n\n")[0]
    if len(header) > MOST_HEADER or _is_costly(header):
        return replace(_envelope(_parsed(_cheap(header)), trusted_server), problem="too_many_parts")
    envelope = _envelope(_parsed(header + b"\n\n"), trusted_server)
    if _is_costly(plain):
        return replace(envelope, problem="too_many_parts")
    # A mail within the mail is not opened: it becomes a file like others.
    plain = _WITHIN.sub(rb"\1application/x-message-", plain)
    try:
        return _with_content(envelope, email.message_from_bytes(plain))
    except Unreadable as error:
        return replace(envelope, problem=error.reason)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError, MemoryError):
        # The library that takes mails apart has many ways of failing on what is none.
        return replace(envelope, problem="broken")


def _is_costly(plain: bytes) -> bool:
    """Whether taking the mail apart would cost more time or memory than a mail of a person: counted, never tried."""
    if len(_CONTAINER.findall(plain)) > MOST_DEPTH or len(_TYPE.findall(plain)) > MOST_PARTS:
        return True
    if plain.count(b"\n--") > MOST_BOUNDARIES or plain.count(b"\n") > MOST_LINES:
        return True
    if any(len(match.group()) > LONGEST_ABOUT_PART for match in _ABOUT_PART.finditer(plain)):
        return True
    return _CONTAINER.search(plain) is not None and any(
        plain.find(b"\n\n", at.start(), at.start() + MOST_PART_HEADER) < 0
        and at.start() + MOST_PART_HEADER < len(plain)
        for at in re.finditer(rb"\n--", plain)
    )


def _cheap(header: bytes) -> bytes:
    """Return the header without the fields that are costly to read, to know at least who sent it."""
    return _ABOUT_PART.sub(b"", header[:MOST_HEADER]) + b"\n\n"


def read_header(raw: bytes, *, trusted_server: str = "") -> Read:
    """Read the header alone, of a mail that is too large to be fetched."""
    plain = raw[:MOST_HEADER].replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[0]
    return replace(_envelope(_parsed(_cheap(plain)), trusted_server), problem="too_large")


def header_of(raw: bytes) -> bytes:
    """Return the header of a mail as it came, with the empty line after it; nothing where it has no end."""
    found = re.search(rb"\r?\n\r?\n", raw)
    return raw[: found.end()] if found else b""


def names_with_virus(read: Read) -> list[str]:
    """Return the names of a mail's files as staff see them where one bears a virus, and none is kept."""
    return [f"{file.name[:280]} (virus)" for file in read.files]


def _parsed(header: bytes) -> Message:
    return email.message_from_bytes(header)


# --- The envelope ------------------------------------------------------------------------------------------------------


def _envelope(message: Message, trusted_server: str) -> Read:
    sender, sender_name = _address(_header(message, "From"))
    auto = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    return_path = message.get("Return-Path")
    null_path = return_path is not None and str(return_path).strip() == "<>"
    bulk = precedence in ("bulk", "list", "junk") or any(
        name in message for name in ("List-Id", "List-Unsubscribe", "List-Post")
    )
    automatic = (
        auto.startswith("auto-replied")
        or precedence == "auto_reply"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
        or null_path
    )
    silent = bool(auto and auto != "no") or "X-Auto-Response-Suppress" in message or "X-Loop" in message
    # Who sends for somebody else is not guessed at: the From line is the submitter, and nobody else.
    return Read(
        message_id=_header(message, "Message-ID", 900).strip(),
        sender=sender,
        sender_name=sender_name,
        subject=_header(message, "Subject"),
        addressed=tuple(
            dict.fromkeys(
                one.lower()
                for name in ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
                for value in message.get_all(name, [])[:20]
                for one in _ADDRESS.findall(_decoded(str(value)[:4000]))
            )
        )[:100],
        named=" ".join(_header(message, name, 8000) for name in ("In-Reply-To", "References")),
        asks_silence=silent or automatic or bulk or _takes_no_mail(sender),
        automatic=automatic,
        bulk=bulk,
        spam=_header(message, "X-Spam-Flag").strip().lower() in ("yes", "true"),
        forged=bool(trusted_server) and _failed(message, trusted_server),
    )


def _failed(message: Message, trusted_server: str) -> bool:
    """Whether our own mail server says that the sender's domain disowns the mail (RFC 8601, DMARC)."""
    for value in message.get_all("Authentication-Results", [])[:20]:
        server, _sign, results = " ".join(str(value)[:4000].split()).partition(";")
        if server.strip().lower() == trusted_server.lower():
            return re.search(r"\bdmarc\s*=\s*fail\b", results, re.I) is not None
    return False


def _takes_no_mail(address: str) -> bool:
    local = re.sub(r"[._-]", "", address.partition("@")[0].partition("+")[0])
    return local.startswith(
        ("noreply", "donotreply", "ikkesvar", "svarikke", "mailerdaemon", "postmaster", "inteasvar")
    )


def _header(message: Message, name: str, longest: int = 4000) -> str:
    """Return a header on one line, decoded, without what no header has; empty where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    return " ".join(_clean(_decoded(str(value)[:longest])).split())


def _decoded(value: str) -> str:
    try:
        parts = email.header.decode_header(value)
        return "".join(_as_text(part, charset or "") if isinstance(part, bytes) else part for part, charset in parts)
    except (ValueError, LookupError, AssertionError, email.errors.HeaderParseError):
        return value


def _as_text(part: bytes, charset: str) -> str:
    try:
        return part.decode(_codec(charset) if charset and charset != "unknown-8bit" else "utf-8")
    except (Unreadable, ValueError):
        return part.decode("cp1252", errors="replace")


def _address(value: str) -> tuple[str, str]:
    """Return the one address of a From line, in small letters, and the name beside it. Two authors are the first."""
    pointed = re.search(rf"<\s*({_ADDRESS.pattern})\s*>", value)
    found = pointed or re.search(_ADDRESS.pattern, value)
    if found is None:
        return "", ""
    address = found.group(1) if pointed else found.group(0)
    if not re.fullmatch(r"[\x21-\x7e]+@[\w.-]+\.[\w-]{2,}", address):
        return "", ""
    name = value[: found.start()].strip().strip('"').strip() if pointed else ""
    return address.lower(), name[:150]


# --- The parts ---------------------------------------------------------------------------------------------------------


def _with_content(envelope: Read, message: Message) -> Read:
    kind = message.get_content_type()
    if kind == "multipart/report" and str(message.get_param("report-type") or "").lower() == "delivery-status":
        return replace(envelope, is_report=True, asks_silence=True, bounce=_bounce(message))
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"):
        raise Unreadable("encrypted")
    found = _Found()
    for part in _leaves(message, 0):
        _take(part, found)
    # The plain part says the same as the HTML, and says it more plainly; where it says nothing the HTML is read.
    flat = "\n\n".join(text for text in found.plain if text.strip())
    if not flat.strip() and found.html:
        flat = "\n\n".join(_of_html(html) for html in found.html)
    flat = _clean(flat)[:MOST_TEXT]
    if "-----BEGIN PGP MESSAGE-----" in flat:
        raise Unreadable("encrypted")
    words: Split = split_words(flat, envelope.subject)
    problem = found.problem
    if not problem and not words.own and not envelope.subject:
        problem = "broken" if _is_broken(message) else "empty"
    elif not problem and not words.own and _is_broken(message):
        problem = "broken"
    return replace(
        envelope,
        text=words.own,
        rest=words.rest,
        files=tuple(found.files),
        problem=problem,
    )


def _is_broken(message: Message) -> bool:
    return bool(message.defects)


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """Yield the parts that hold no parts, in their order. A mail within the mail is one part, and is not opened."""
    if depth > MOST_DEPTH:
        raise Unreadable("too_many_parts")
    if message.get_content_maintype() == "multipart" and isinstance(parts := message.get_payload(), list):
        for part in parts:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _take(part: Message, found: _Found) -> None:
    kind, name = part.get_content_type(), _name(part)
    attached = part.get_content_disposition() == "attachment"
    if kind in ("text/plain", "text/html") and not attached and not name:
        try:
            text = _text(part)
        except Unreadable as error:
            found.problem = error.reason
            return
        (found.html if kind == "text/html" else found.plain).append(text)
        return
    if kind == "application/pkcs7-signature" or kind == "application/pgp-signature":
        return  # says who sent it, to a program
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    if part.get("Content-ID") and not attached and len(payload) < SMALLEST_INLINE:
        return
    if payload:
        found.files.append(File(name or kind.removeprefix("application/x-").replace("/", "."), payload))


def _name(part: Message) -> str:
    name = part.get_filename()
    # A path and what no file name holds are taken off: the name is shown and stored, never opened.
    return _clean(_decoded(str(name)[:1000])).replace("\\", "/").rpartition("/")[2].strip()[:150] if name else ""


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    declared = str(part.get_content_charset() or "")
    text = _decode(payload[: MOST_TEXT * 4], declared)
    if part.get_content_subtype() == "plain" and str(part.get_param("format") or "").lower() == "flowed":
        text = _unflowed(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(payload: bytes, declared: str) -> str:
    """Return the text. What does not keep to what it declares is read as UTF-8 or, failing that, as Windows does.

    Raises Unreadable for signs that are not known here."""
    codec = _codec(declared) if declared else "utf-8"
    for one in dict.fromkeys((codec, "utf-8")):
        try:
            return payload.decode(one)
        except ValueError:
            continue
    if not declared or codec in ("utf-8", "ascii"):
        return payload.decode("cp1252", errors="replace")
    return payload.decode(codec, errors="replace")


def _codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()[:40]).name
    except (LookupError, ValueError):
        raise Unreadable("unknown_charset") from None
    if not _CHARSET.match(name):
        raise Unreadable("unknown_charset")
    return name


def _unflowed(text: str) -> str:
    """Join the lines that a mail program broke (RFC 3676): those that end with a space."""
    lines: list[str] = []
    joins = False
    for line in text.splitlines():
        quoted = line.startswith(">")
        line = line.removeprefix(" ")
        if joins and not quoted and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        joins = line.endswith(" ") and line != "-- " and not quoted
    return "\n".join(lines)


def _of_html(html: str) -> str:
    """Return HTML as text: no picture, script or address is fetched, and no mark-up stays."""
    # Heavy, and needed in few mails: imported where used.
    from inscriptis import get_text
    from lxml.etree import LxmlError

    try:
        return str(get_text(html[:MOST_HTML])).strip()
    except (LxmlError, ValueError, RecursionError, AssertionError, LookupError, TypeError):
        raise Unreadable("broken") from None


def _clean(text: str) -> str:
    """Return `text` without control characters, which no writer types; tabs and new lines stay."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", "", text)


# --- Bounces -----------------------------------------------------------------------------------------------------------


def _bounce(message: Message) -> Bounce | None:
    """Return what a report (RFC 3464) says of the first address that the mail did not reach for good; None for none."""
    parts = list(_leaves(message, 0))
    original = "\n".join(_original(part) for part in parts if part.get_content_type() in _ORIGINALS)
    for part in parts:
        if part.get_content_type() != "application/x-message-delivery-status":
            continue
        said = part.get_payload(decode=True)
        for block in said[:MOST_PART_HEADER].split(b"\n\n") if isinstance(said, bytes) else []:
            report = _parsed(block + b"\n\n")
            if _header(report, "Action").lower() != "failed":
                continue
            to = _header(report, "Final-Recipient") or _header(report, "Original-Recipient")
            if address := re.search(_ADDRESS.pattern, to.partition(";")[2] or to):
                code = re.match(r"[245]\.\d{1,3}\.\d{1,3}", _header(report, "Status"))
                return Bounce(address.group(0).lower(), code.group(0) if code else "", original)
    return None


def _original(part: Message) -> str:
    text = part.get_payload(decode=True)
    found = (
        re.search(rb"^message-id:\s*(<[^>\s]{1,500}>)", text[:MOST_HEADER], re.I | re.M)
        if isinstance(text, bytes)
        else None
    )
    return found.group(1).decode("ascii", errors="replace") if found else ""
