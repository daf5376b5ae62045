"""The stand-in cloud's program, run by the operators' Python: moto, with four things put right.

1. Moto judges a bucket's policy without its conditions, so that "no one may come without TLS" reads "no one
   may come". The stand-in speaks plain HTTP within one machine, which stands for TLS here: refusals that only
   ask for TLS, or for a version of it, do not apply. Every other statement is judged as moto judges it.
2. Moto 5.2 tells an IPv6 subnet's state in a form that the AWS provider waits on for ever, associates the
   same network twice, and lacks the filter that the provider asks by.
3. Moto cannot switch on an instance's detailed monitoring after its start, which the provider does.
4. An instance that ends lets go of its network interface at AWS, but not at moto.
"""

from __future__ import annotations

import sys
from typing import Any

from moto.core.responses import ActionResult  # type: ignore[import-not-found]
from moto.ec2.models.instances import Instance  # type: ignore[import-not-found]
from moto.ec2.models.subnets import Subnet  # type: ignore[import-not-found]
from moto.ec2.responses.monitoring import Monitoring  # type: ignore[import-not-found]
from moto.iam.access_control import IAMPolicyStatement, PermissionResult  # type: ignore[import-not-found]
from moto.server import main  # type: ignore[import-not-found]

OF_THE_TRANSPORT = {"aws:SecureTransport", "s3:TlsVersion"}
BY_ASSOCIATION = "ipv6-cidr-block-association.association-id"

_terminate = Instance.terminate
_judge = IAMPolicyStatement.is_action_permitted
_attach = Subnet.attach_ipv6_cidr_block_associations
_filter_value = Subnet.get_filter_value


def _judge_but_the_transport(statement: Any, *arguments: Any, **named: Any) -> Any:
    content = statement._statement
    asked = {key for keys in content.get("Condition", {}).values() for key in keys}
    if content.get("Effect") == "Deny" and asked and asked <= OF_THE_TRANSPORT:
        return PermissionResult.NEUTRAL
    return _judge(statement, *arguments, **named)


def _attach_once(subnet: Any, network: str) -> Any:
    for association in subnet.ipv6_cidr_block_associations.values():
        if association["ipv6CidrBlock"] == network:
            return association
    return _attach(subnet, network)


def _associations(subnet: Any) -> list[dict[str, Any]]:
    return [
        {
            "ipv6CidrBlock": each["ipv6CidrBlock"],
            "associationId": each["associationId"],
            "ipv6CidrBlockState": {"state": each["ipv6CidrBlockState"]["State"]},
        }
        for each in subnet.ipv6_cidr_block_associations.values()
        if each["ipv6CidrBlockState"]["State"] == "associated"
    ]


def _filter_value_too(subnet: Any, name: str, method_name: str | None = None) -> Any:
    if name == BY_ASSOCIATION:
        return list(subnet.ipv6_cidr_block_associations)
    return _filter_value(subnet, name, method_name)


def _monitor_instances(request: Any) -> Any:
    found = [request.ec2_backend.get_instance(each) for each in request._get_param("InstanceIds", [])]
    for instance in found:
        instance.monitoring_state = "enabled"
    told = [{"InstanceId": each.id, "Monitoring": {"State": "enabled"}} for each in found]
    return ActionResult({"InstanceMonitorings": told})


def _terminate_and_let_go(instance: Any, *arguments: Any, **named: Any) -> Any:
    ended = _terminate(instance, *arguments, **named)
    # The instance that has ended still tells its addresses; the interface knows of no instance.
    for interface in instance.nics.values():
        interface.instance = interface.attachment_id = interface.device_index = None
        interface.status = "available"
    return ended


if __name__ == "__main__":
    IAMPolicyStatement.is_action_permitted = _judge_but_the_transport
    Subnet.attach_ipv6_cidr_block_associations = _attach_once
    Subnet.ipv6_cidr_block_association_set = property(_associations)
    Subnet.get_filter_value = _filter_value_too
    Instance.terminate = _terminate_and_let_go
    Monitoring.monitor_instances = _monitor_instances
    sys.exit(main(sys.argv[1:]))
