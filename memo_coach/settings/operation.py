"""What is logged, whom the server believes, and for how long it keeps and shares what people wrote."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from memo_coach.settings import values
from memo_coach.settings.addresses import operators_of
from memo_coach.settings.group import VariableGroup
from memo_coach.settings.variables import variable

DRAFT_DAYS = "180"
"""By default: half a year without a visit. Long enough for what is written once a year and begun early."""


class OperationVariables(VariableGroup):
    """The log, networks, browsers' memory, retention and sharing."""

    log_level: Annotated[values.LogLevel, values.one_of(values.LogLevel, ignore_case=True)] = variable(
        "The least serious message that is logged: DEBUG, INFO, WARNING or ERROR.",
        example="INFO",
        default="INFO",
    )
    log_format: Annotated[values.LogFormat, values.one_of(values.LogFormat)] = variable(
        "How a message is logged: human, or json with one object a line. By default json in production.",
        example="json",
        default=lambda above: "json" if above["app_env"] == "production" else "human",
    )
    sentry_dsn: values.ReportAddress = variable(
        "Where errors are reported to in Sentry's protocol: class and place, no text. By default nowhere.",
        example="https://the-public-key@errors.example.org/1",
        secret=True,
        may_be_empty=True,
    )
    operator_networks: values.Networks = variable(
        "Where /metrics, and on this machine /debug, are asked from. By default here, but for a public site.",
        example="127.0.0.0/8,10.20.0.0/16",
        default=lambda above: operators_of(above["public_url"]),
    )
    visitor_days: values.Days = variable(
        "For how many days a browser that stays away is remembered, with its memos. Each visit counts anew.",
        example="90",
        default="365",
    )
    trusted_proxies: values.Networks = variable(
        "The networks of proxies in front, by comma: their X-Forwarded-For is believed. By default nobody's.",
        example="172.30.30.0/28",
    )
    strict_transport_seconds: values.StrictTransport = variable(
        "For how many seconds browsers refuse to come without HTTPS. A mistake lasts as long: begin short.",
        example="31536000",
        default="86400",
    )
    strict_transport_subdomains: values.Switch = variable(
        "Whether that binds every name below this one as well, whoever serves it.",
        example="true",
        default="false",
    )
    draft_days: values.Days = variable(
        "How many days drafts are kept after their last change and their writer's last visit.",
        example="90",
        default=DRAFT_DAYS,
    )
    retention_days: values.DaysOrNever = variable(
        "After how many days in which nobody changed it, had it judged or asked about it a memo is deleted;"
        " “Your memos” says so a month before. 0 is never.",
        example="730",
        default="0",
    )
    sharing: values.Switch = variable(
        "Whether writers may make links with which others read one evaluation. false closes all there are.",
        example="false",
        default="true",
    )
    sharing_days: values.SharingDays = variable(
        "After how many days such a link leads nowhere any more, 1 to 365.", example="30", default="14"
    )
    webhook_networks: values.Networks = variable(
        "Networks of your own that webhooks may be sent to, over http:// too. By default none: public only.",
        example="10.20.0.0/16",
    )

    @property
    def trusted_networks(self) -> tuple[values.Network, ...]:
        """The networks of the proxies that are believed about their clients' addresses."""
        return tuple(ipaddress.ip_network(each) for each in self.trusted_proxies.split(",") if each)

    @property
    def strict_transport(self) -> str:
        """The header by which browsers are told to stay with HTTPS."""
        return f"max-age={self.strict_transport_seconds}" + (
            "; includeSubDomains" if self.strict_transport_subdomains else ""
        )

    @property
    def webhook_targets(self) -> tuple[values.Network, ...]:
        """The networks that webhooks may be sent to beside public addresses."""
        return tuple(ipaddress.ip_network(each) for each in self.webhook_networks.split(",") if each)

    @property
    def operators(self) -> tuple[values.Network, ...]:
        """The networks from which operators ask directly."""
        return tuple(ipaddress.ip_network(each) for each in self.operator_networks.split(",") if each)
