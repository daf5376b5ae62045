"""The doctor says when the provider could not send browsers back, or does not answer."""

from __future__ import annotations

from pathlib import Path

from memo_coach.cli.doctor_single_sign_on import (
    fault_of_half_a_provider,
    fault_of_proxy,
    faults_of_address,
    is_mentioned,
)
from memo_coach.settings import load_settings
from tests.ports import free_port
from tests.unit.cli.test_command_line import run
from tests.unit.web.accounts.hostile_provider import hostile_provider

PROVIDER = {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "memo-coach"}
WRONG = (
    ({"APP_ENV": "production"}, "their own machine"),
    ({"TRUSTED_PROXIES": "172.30.30.0/28"}, "their own machine"),
    ({"PUBLIC_URL": "http://memos.example.org"}, "in clear"),
    ({"PUBLIC_URL": "https://memos.example.org:3000"}, "the port 3000"),
)
RIGHT = ({}, {"PUBLIC_URL": "https://memos.example.org", "APP_ENV": "production"})


def test_the_doctor_says_what_makes_the_way_back_from_the_provider_wrong() -> None:
    for given, told in WRONG:
        (fault,) = faults_of_address(load_settings({**PROVIDER, **given}, env_file=None))
        assert told in fault
    for given in RIGHT:
        assert not faults_of_address(load_settings({**PROVIDER, **given}, env_file=None))
    with hostile_provider() as elsewhere:
        # What stands at the public address answers, and knows no such page.
        settings = load_settings({**PROVIDER, "PUBLIC_URL": elsewhere.issuer}, env_file=None)
        assert fault_of_proxy(settings) is None
        assert elsewhere.asked == ["/login/callback"]


def test_the_doctor_says_what_is_half_set() -> None:
    half = {"OIDC_CLIENT_ID": "memo-coach", "OIDC_ALLOWED_DOMAINS": "example.org"}
    for given, told in (
        (half, "OIDC_CLIENT_ID, OIDC_ALLOWED_DOMAINS is set, and OIDC_ISSUER is not"),
        (PROVIDER, "nobody signs in where AUTH_MODE is open"),
        ({**PROVIDER, "AUTH_MODE": "accounts"}, None),
    ):
        settings = load_settings(given, env_file=None)
        assert is_mentioned(settings)
        fault = fault_of_half_a_provider(settings)
        assert fault is None if told is None else told in (fault or "")
    assert not is_mentioned(load_settings({}, env_file=None))


def test_the_doctor_says_whether_the_provider_answers(tmp_path: Path) -> None:
    with hostile_provider() as provider:
        asked = {"AUTH_MODE": "accounts", "PORT": str(free_port()), **provider.settings()}
        told = run(tmp_path, "doctor", **asked).stdout.decode()
        assert f"ok      single sign-on: {provider.issuer} answers." in told
        assert run(tmp_path, "db", "upgrade", **asked).returncode == 0
        told = run(tmp_path, "doctor", LOCAL_SIGN_IN="false", **asked).stdout.decode()
        assert "While the provider is down nobody could administer" in told
        provider.metadata["issuer"] = "https://evil.example"
        told = run(tmp_path, "doctor", **asked)
        assert b"wrong   single sign-on" in told.stdout
        assert told.returncode == 3
