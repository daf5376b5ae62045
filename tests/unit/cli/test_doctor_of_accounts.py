"""``memo-coach doctor`` where one signs in: who administers, mail, proxy, clock, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from sqlalchemy import update

from memo_coach.services import clock
from memo_coach.services.container import Services
from memo_coach.storage.tables import UserSession
from tests.accounts import PASSWORD, let_in
from tests.ports import free_port
from tests.unit.cli.test_command_line import run

SITE = {
    "AUTH_MODE": "accounts",
    "PUBLIC_URL": "https://memos.example.org",
    "TRUSTED_PROXIES": "172.30.30.0/28",
}


async def test_the_doctor_says_who_administers_and_whether_people_have_addresses_of_their_own(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    def said(**environment: str) -> str:
        return run(
            tmp_path, "doctor", **{**SITE, "DATABASE_URL": migrated_url, **environment}
        ).stdout.decode()

    at_first = said()
    assert "wrong   administrator: Nobody administers. Run: memo-coach users add EMAIL --first" in at_first
    assert "ok      proxy: 172.30.30.0/28 is believed" in at_first
    assert f"ok      clock: {clock.now():%Y-%m-%d %H}" in at_first or f"{clock.now():%M}" == "00"
    assert "wrong   proxy: TRUSTED_PROXIES names none" in said(TRUSTED_PROXIES="")

    link = await services.accounts.first_administrator.link()
    assert link is not None
    proxy = "172.30.30.1"
    answer = await services.sign_in.redeem(
        link.url_token, PASSWORD, address=proxy, agent=None, email="ana@example.org", name="Ana"
    )
    await let_in(services, answer, address=proxy)
    signed_in = said(LANG="es_ES.UTF-8")
    assert "bien    administración: alguien administra." in signed_in
    assert "falla   proxy: quienes han iniciado sesión tienen 172.30.30.1" in signed_in

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with services.database.write() as session:
        await session.execute(update(UserSession).values(address="2001:db8::7", last_used=tomorrow))
    later = said()
    assert (
        "ok      proxy: browsers that are signed in come from 1 address, and it is not the proxy's." in later
    )
    assert "wrong   clock: somebody was here at" in later


def test_the_doctor_greets_the_mail_server_and_sends_nothing(tmp_path: Path) -> None:
    letters: list[object] = []
    controller = Controller(letters, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        url = f"smtp://127.0.0.1:{controller.port}"
        reached = run(tmp_path, "doctor", SMTP_URL=url, **SITE).stdout.decode()
    finally:
        controller.stop()
    assert "ok      mail: 127.0.0.1 takes letters from memo-coach@memos.example.org." in reached
    assert letters == []
    answer = run(tmp_path, "doctor", SMTP_URL=url, **SITE)
    assert "wrong   mail: 127.0.0.1 cannot be used." in answer.stdout.decode()
    assert answer.returncode == 3


def test_the_doctor_says_who_can_write_and_whether_passwords_can_be_read_on_the_way(tmp_path: Path) -> None:
    def said(address: str, mode: str) -> str:
        return run(tmp_path, "doctor", PUBLIC_URL=address, AUTH_MODE=mode).stdout.decode()

    assert "wrong   signing in: http://memos.example.org is not encrypted" in said(
        "http://memos.example.org", "accounts"
    )
    assert "whoever reaches https://memos.example.org can write" in said("https://memos.example.org", "open")
