"""What must hold of the proxy, read from its command and its files."""

from __future__ import annotations

import re
from typing import Any

import pytest

from memo_coach.web.header_limit import HEADER_BYTES
from memo_coach.web.middleware.body_limit import BODY_BYTES, BODY_BYTES_OF
from memo_coach.web.middleware.socket_limit import SOCKETS_FROM_ADDRESS
from tests.some import some
from tests.unit.production.compose import DYNAMIC, dynamic, production

TRAEFIK = production()["services"]["traefik"]
OPTIONS = dict(word.removeprefix("--").split("=", 1) for word in TRAEFIK["command"])
MIDDLEWARES: dict[str, Any] = dynamic("middlewares.yml")["http"]["middlewares"]
OURS = "Host(`memos.example.org`)"


def routers(**environment: str) -> dict[str, Any]:
    found: dict[str, Any] = dynamic("site.yml", **environment)["http"]["routers"]
    return found


def test_it_reads_files_and_nothing_else() -> None:
    providers = {name.split(".")[1] for name in OPTIONS if name.startswith("providers.")}
    assert providers == {"file"}
    assert not any(name.startswith("api") for name in OPTIONS)


def test_its_figures_are_given_on_a_port_that_is_not_published() -> None:
    assert OPTIONS["metrics.prometheus.entryPoint"] == "metrics"
    port = OPTIONS["entryPoints.metrics.address"].rpartition(":")[2]
    assert not any(each.endswith(f":{port}") for each in TRAEFIK["ports"])


def test_it_tells_nobody_about_itself() -> None:
    assert OPTIONS["global.checkNewVersion"] == "false"
    assert OPTIONS["global.sendAnonymousUsage"] == "false"


def test_it_believes_nobody_about_addresses() -> None:
    assert not any("forwardedheaders" in name.lower() or "proxyprotocol" in name.lower() for name in OPTIONS)


def test_its_health_is_asked_from_inside_only() -> None:
    assert OPTIONS["entryPoints.ping.address"].startswith("127.0.0.1:")
    assert OPTIONS["ping.entryPoint"] == "ping"


def test_its_log_holds_no_header_and_no_query() -> None:
    assert OPTIONS["accessLog.format"] == "json"
    assert OPTIONS["accessLog.fields.headers.defaultMode"] == "drop"
    assert OPTIONS["accessLog.fields.queryParameters.defaultMode"] == "drop"
    assert not any(name.startswith("accessLog.fields.headers.names") for name in OPTIONS)


def test_a_slow_request_is_cut_and_a_slow_answer_is_not() -> None:
    assert OPTIONS["entryPoints.websecure.transport.respondingTimeouts.readTimeout"] == "60s"
    assert OPTIONS["entryPoints.websecure.transport.respondingTimeouts.writeTimeout"] == "0s"


def test_headers_are_no_longer_than_the_service_takes_them() -> None:
    for entry_point in ("web", "websecure"):
        assert int(OPTIONS[f"entryPoints.{entry_point}.http.maxHeaderBytes"]) == HEADER_BYTES


@pytest.mark.parametrize(
    "character", ["Slash", "BackSlash", "NullCharacter", "Percent", "QuestionMark", "Hash"]
)
def test_a_path_that_can_be_read_in_two_ways_is_refused(character: str) -> None:
    assert OPTIONS[f"entryPoints.websecure.http.encodedCharacters.allowEncoded{character}"] == "false"


def test_the_certificate_authority_is_public_unless_the_operator_names_another() -> None:
    authority = "certificatesResolvers.acme.acme.caServer"
    assert OPTIONS[authority] == "https://acme-v02.api.letsencrypt.org/directory"
    assert TRAEFIK["environment"]["LEGO_CA_CERTIFICATES"] is None
    own = production(ACME_DIRECTORY="https://acme.internal.example/dir", ACME_CA_FILE="root.pem")
    traefik = own["services"]["traefik"]
    assert f"--{authority}=https://acme.internal.example/dir" in traefik["command"]
    assert traefik["environment"]["LEGO_CA_CERTIFICATES"] == "/etc/traefik/ca/root.pem"


def test_tls_is_modern_and_names_without_a_certificate_are_refused() -> None:
    default = dynamic("tls.yml")["tls"]["options"]["default"]
    assert default["minVersion"] == "VersionTLS12"
    assert default["sniStrict"] is True
    assert all(re.search(r"^TLS_ECDHE_.*(GCM|CHACHA20)", cipher) for cipher in default["cipherSuites"])


def test_every_way_in_is_for_our_own_name_and_all_but_the_redirect_is_encrypted() -> None:
    for name, router in some(routers().items()):
        assert router["rule"].startswith(OURS), name
        outside_brackets = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", router["rule"])
        assert "||" not in outside_brackets, name
        if name == "redirect":
            assert router["entryPoints"] == ["web"]
            assert "to-https" in router["middlewares"]
        else:
            assert router["entryPoints"] == ["websecure"]
            assert router["tls"]["certResolver"] == "acme"
            assert router["tls"]["domains"] == [{"main": "memos.example.org"}]
            assert router["middlewares"][0] == "strict-transport"


def test_every_middleware_that_is_used_exists_and_every_one_is_used() -> None:
    used = {name for router in routers(SITE_GUARD="on").values() for name in router["middlewares"]}
    assert used == set(MIDDLEWARES)


def test_figures_are_not_for_outside() -> None:
    for name in ("pages", "writes"):
        assert "!PathRegexp(`(?i)^/metrics(/|$)`)" in routers()[name]["rule"]


def test_browsers_are_told_to_stay_with_tls_for_a_day_and_this_name_until_the_operator_says_more() -> None:
    day, year = 24 * 3600, 365 * 24 * 3600
    assert MIDDLEWARES["strict-transport"]["headers"] == {"stsSeconds": day, "stsIncludeSubdomains": False}
    asked = {"STRICT_TRANSPORT_SECONDS": str(year), "STRICT_TRANSPORT_SUBDOMAINS": "true"}
    more = dynamic("middlewares.yml", **asked)["http"]["middlewares"]["strict-transport"]["headers"]
    assert more == {"stsSeconds": year, "stsIncludeSubdomains": True}
    services = production(**asked)["services"]
    for service in ("traefik", "app"):
        given = {name: str(value).lower() for name, value in services[service]["environment"].items()}
        assert asked.items() <= given.items()


def test_every_way_in_is_limited_by_the_address_that_connects() -> None:
    for router in routers().values():
        assert "requests-per-address" in router["middlewares"]
    for name in ("requests-per-address", "requests-at-once", "sockets-at-once"):
        (limit,) = MIDDLEWARES[name].values()
        assert limit["sourceCriterion"] == {"ipStrategy": {"ipv6Subnet": 64}}
    assert MIDDLEWARES["requests-per-address"]["rateLimit"]["burst"] >= 10 * 40


def test_a_socket_is_neither_counted_as_a_request_nor_read_as_a_body() -> None:
    socket = routers()["socket"]
    assert MIDDLEWARES["sockets-at-once"]["inFlightReq"]["amount"] == SOCKETS_FROM_ADDRESS
    assert not {"requests-at-once", "body-size", "compression"} & set(socket["middlewares"])
    assert socket["priority"] == max(router.get("priority", 0) for router in routers().values())


def test_bodies_are_bounded_above_the_service_s_own_limits() -> None:
    most = MIDDLEWARES["body-size"]["buffering"]["maxRequestBodyBytes"]
    longest = max(BODY_BYTES, *BODY_BYTES_OF.values())
    assert longest < most <= 2 * longest
    assert "body-size" in routers()["writes"]["middlewares"]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert f"Method(`{method}`)" in routers()["writes"]["rule"]


def test_the_site_is_guarded_where_the_operator_says_so_and_only_there() -> None:
    assert not any("guard" in router["middlewares"] for router in routers().values())
    guarded = {name for name, router in routers(SITE_GUARD="on").items() if "guard" in router["middlewares"]}
    assert guarded == {"pages", "writes"}


def test_the_guard_stands_behind_the_limits_and_keeps_the_password_to_itself() -> None:
    middlewares = routers(SITE_GUARD="on")["pages"]["middlewares"]
    assert middlewares.index("requests-per-address") < middlewares.index("guard")
    assert MIDDLEWARES["guard"]["basicAuth"]["removeHeader"] is True
    assert MIDDLEWARES["guard"]["basicAuth"]["usersFile"] == "/run/secrets/site_users"
    # Safari sends no password with a socket: there the session that comes with a guarded page has to do.
    assert "without-password" in routers(SITE_GUARD="on")["socket"]["middlewares"]


def test_what_the_files_ask_of_the_environment_is_given() -> None:
    asked = {
        name for file in DYNAMIC.glob("*.yml") for name in re.findall(r'env "([A-Z_]+)"', file.read_text())
    }
    assert asked <= TRAEFIK["environment"].keys()
