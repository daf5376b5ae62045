"""Letters: a link each, by a server that speaks SMTP, in the language that is spoken."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from memo_coach.services.accounts.errors import MailNotSent
from memo_coach.services.accounts.mail import Letter, Mail
from memo_coach.services.accounts.principal import Role
from memo_coach.services.container import Services
from memo_coach.translations import speaking
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account
from tests.databases import only_on_sqlite
from tests.ports import free_port


class Mailbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.known: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(message_from_bytes(bytes(envelope.content or b"")))
        self.known += envelope.rcpt_tos
        return "250 OK"


@asynccontextmanager
async def serving(mailbox: Mailbox, **how: object) -> AsyncIterator[str]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def words_of(message: Message) -> str:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


@only_on_sqlite
async def test_an_invitation_and_a_forgotten_password_come_as_letters_in_the_language_spoken(
    services: Services,
) -> None:
    mailbox = Mailbox()
    async with serving(mailbox) as address:
        services.accounts.mail._url = f"smtp://{address}"
        link = await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.WRITER)
        assert link.is_mailed
        await add_account(services)
        forgotten = services.accounts.forgotten_passwords
        with speaking("es"):
            for email in ("ana@example.org", "ana@example.org", "nobody@example.org", "eve@example.org", "x"):
                await forgotten.request(email, address=ADDRESS)
                await forgotten.close()
    invitation, reset = mailbox.messages
    assert mailbox.known == ["eve@example.org", "ana@example.org"]
    assert link.url in words_of(invitation)
    assert (invitation["To"], invitation["Auto-Submitted"]) == ("eve@example.org", "auto-generated")
    assert "contrase=C3=B1a" in str(reset["Subject"])
    token = words_of(reset).partition("#")[2].split()[0]
    await services.sign_in.redeem(token, PASSWORD + "!", address=ADDRESS, agent=None)


@only_on_sqlite
async def test_what_the_server_does_not_take_can_still_be_copied_and_says_nothing_in_the_log(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    services.accounts.mail._url = f"smtp://user:secret@127.0.0.1:{free_port()}"
    link = await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.WRITER)
    assert not link.is_mailed
    assert await services.sign_in.purpose_of(link.url_token) is not None
    assert "mail was not sent" in caplog.text
    assert not [secret for secret in ("secret", link.url_token, "eve@") if secret in caplog.text]


@pytest.fixture
def tls_of_a_mail_server(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server on this machine shows, and what a client needs to believe it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    pem = tmp_path / "mail.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, ssl.create_default_context(cadata=certificate.decode())


async def test_a_server_that_asks_for_a_password_is_given_it_over_tls_alone(
    tls_of_a_mail_server: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    context, trust = tls_of_a_mail_server
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(
        _server: object, _session: object, _envelope: object, _how: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        seen.append((given.login, given.password))
        return AuthResult(success=True)

    letter = Letter("eve@example.org", "Hello", "World")
    async with serving(
        Mailbox(), tls_context=context, require_starttls=True, authenticator=authenticate
    ) as address:
        await Mail(f"starttls://user:p%40ss@{address}", "a@b.org", trust=lambda: trust).send(letter)
        for unfit in (
            Mail(f"smtp://{address}", "a@b.org"),
            Mail(f"starttls://{address}", "a@b.org"),  # of nobody whom the system knows
        ):
            with pytest.raises(MailNotSent):
                await unfit.send(letter)
    assert seen == [(b"user", b"p@ss")]
