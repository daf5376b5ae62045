"""The stand-in cloud on an address of this machine, and Terraform against it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rehearsal import commands, paths
from tests.rehearsal.commands import RehearsalError

PROGRAM = Path(__file__).with_name("stand_in_cloud.py")
REGION = "eu-central-1"
ENVIRONMENT = "staging"
ROOTS = {"lasting": "lasting", "server": f"environments/{ENVIRONMENT}"}
"""Each with the folder in which it is applied."""
VALUES = f"{ENVIRONMENT}.tfvars.json"
VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)
STATE_BUCKET = "memo-coach-rehearsal-state"
BACKUP_BUCKET = "memo-coach-rehearsal-backup"
ADMINISTRATOR = "alice"
SITE_HOST = "memo.rehearsal.test"
PROVIDER_FILE = "terraform-provider-aws_v5.*"
PROVIDER_FOLDERS = (
    Path("/opt"),
    Path("/usr/local/share/terraform"),
    Path.home() / ".terraform.d" / "plugins",
)
UNCHANGED, CHANGED = 0, 2
"""Exit status of `terraform plan -detailed-exitcode`."""

DEBIAN = {
    "ami_id": "ami-0debian13rehearse",
    "state": "available",
    "public": True,
    "owner_id": "136693071363",
    "image_location": "amazon/debian-13-amd64",
    "sriov": "simple",
    "root_device_type": "ebs",
    "root_device_name": "/dev/xvda",
    "name": "debian-13-amd64-20260101-0001",
    "description": "Debian 13 (amd64)",
    "image_type": "machine",
    "platform": None,
    "architecture": "x86_64",
    "hypervisor": "xen",
    "virtualization_type": "hvm",
    "creation_date": "2026-01-01T00:00:00.000Z",
}
"""The one machine image that the stand-in cloud offers: Debian's, described as AWS describes it."""

ASK_USER_DATA = """
import base64, boto3, sys
answer = boto3.client("ec2").describe_instance_attribute(InstanceId=sys.argv[1], Attribute="userData")
sys.stdout.write(base64.b64decode(answer["UserData"]["Value"]).decode())
"""


@dataclass
class Cloud:
    """The cloud, and what Terraform has made in it."""

    endpoint: str
    """The address of all of its services."""
    process: subprocess.Popen[bytes]
    folder: Path = paths.RUN / "terraform"
    outputs: dict[str, str] = field(default_factory=dict)
    user_data: str = ""
    instance_id: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what Terraform and other clients need to talk to it and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_CLI_CONFIG_FILE": str(paths.RUN / "terraform.rc"),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "NO_PROXY": "*",
            "CHECKPOINT_DISABLE": "1",
        }

    def terraform(self, where: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Terraform in a folder of the run's copy of ``terraform/``."""
        return commands.run(
            "terraform",
            "terraform",
            f"-chdir={self.folder / where}",
            *arguments,
            environment=self.environment,
            check=check,
            seconds=300,
        )


def start(address: str) -> Cloud:
    """Start the stand-in cloud on an address of this machine.

    Raises:
        RehearsalError: it does not answer.
    """
    images = paths.RUN / "machine-images.json"
    images.write_text(json.dumps([DEBIAN]), encoding="utf-8")
    port = _free_port(address)
    process = commands.start(
        "cloud",
        str(paths.TOOLS / "python"),
        str(PROGRAM),
        "--host",
        address,
        "--port",
        str(port),
        environment={"MOTO_AMIS_PATH": str(images), "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
    )
    cloud = Cloud(f"http://{address}:{port}", process)
    try:
        commands.until("The stand-in cloud", lambda: _answers(cloud), 40)
    except BaseException:
        commands.stop(process)
        raise
    return cloud


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _answers(cloud: Cloud) -> bool:
    commands.require(
        cloud.process.poll() is None,
        f"The stand-in cloud has ended:\n{commands.last_lines(commands.log_of('cloud'))}",
    )
    done = commands.run(
        "cloud-probe",
        "curl",
        "--silent",
        "--fail",
        "--noproxy",
        "*",
        "--output",
        "/dev/null",
        f"{cloud.endpoint}/moto-api/",
        check=False,
        seconds=10,
    )
    return done.returncode == 0


def configure_terraform() -> None:
    """Write Terraform's own configuration: the provider from this disk where it lies there, else fetched."""
    mirror = find_provider_mirror()
    method = f'filesystem_mirror {{\n    path = "{mirror}"\n  }}' if mirror else "direct {}"
    (paths.RUN / "terraform.rc").write_text(
        f"provider_installation {{\n  {method}\n}}\ndisable_checkpoint = true\n", encoding="utf-8"
    )


def find_provider_mirror(folders: tuple[Path, ...] = PROVIDER_FOLDERS) -> Path | None:
    """Return the folder under which the AWS provider lies as HOST/NAMESPACE/TYPE/VERSION/PLATFORM, if any."""
    for folder in folders:
        for top, _, files in os.walk(folder):
            if any(Path(file).match(PROVIDER_FILE) for file in files) and len(Path(top).parts) > 5:
                return Path(top).parents[4]
    return None


def build(cloud: Cloud, public_key: str, ssh_network: str) -> None:
    """Apply bootstrap, what lasts and a server, as staging; insist that second plans are empty.

    The server is destroyed and made again in between: what lasts is not in its way, and keeps its address.

    Raises:
        RehearsalError: something does not apply, or a second plan wants to change something.
    """
    shutil.copytree(
        paths.ROOT / "terraform",
        cloud.folder,
        ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars", "backend.hcl", "override.tf"),
    )
    configure_terraform()
    cloud.terraform("bootstrap", "init")
    variables = ("-var", f"region={REGION}", "-var", f"state_bucket={STATE_BUCKET}")
    cloud.terraform("bootstrap", "apply", "-auto-approve", *variables)
    _insist_on_empty_plan(cloud, "bootstrap", *variables)

    values = _values(cloud, public_key, ssh_network)
    for root, where in ROOTS.items():
        folder = cloud.folder / where
        _write(folder, cloud.terraform("bootstrap", "output", "-raw", f"{root}_backend").stdout)
        own = {name: values[name] for name in _asked_by(folder) & values.keys()}
        (folder / VALUES).write_text(json.dumps(own), encoding="utf-8")
        cloud.terraform(where, "init", "-backend-config=backend.hcl", "-backend-config=use_path_style=true")
        cloud.terraform(where, "workspace", "select", "-or-create", ENVIRONMENT)
        cloud.terraform(where, "apply", "-auto-approve", f"-var-file={VALUES}")
        _insist_on_empty_plan(cloud, where, f"-var-file={VALUES}")
    server = ROOTS["server"]
    cloud.terraform(server, "destroy", "-auto-approve", f"-var-file={VALUES}")
    cloud.terraform(server, "apply", "-auto-approve", f"-var-file={VALUES}")
    _insist_on_empty_plan(cloud, server, f"-var-file={VALUES}")
    _note(cloud, server)
    lasting = cloud.terraform("lasting", "output", "-raw", "ipv4_address").stdout
    commands.require(
        cloud.outputs["ipv4_address"] == lasting, "The server that was made again has another address."
    )


def _write(folder: Path, backend: str) -> None:
    (folder / "backend.hcl").write_text(backend, encoding="utf-8")


def _asked_by(folder: Path) -> set[str]:
    return set(VARIABLE.findall((folder / "variables.tf").read_text(encoding="utf-8")))


def _values(cloud: Cloud, public_key: str, ssh_network: str) -> dict[str, object]:
    return {
        "environment": ENVIRONMENT,
        "region": REGION,
        "site_host": SITE_HOST,
        "acme_email": f"admin@{SITE_HOST}",
        "administrator": ADMINISTRATOR,
        "administrator_keys": [public_key],
        "ssh_allowed_networks": [ssh_network],
        "vpc_network": "10.20.0.0/16",
        "architecture": "x86_64",
        "instance_type": "t3.small",
        "root_volume_size": 30,
        "termination_protection": False,
        "flow_logs": True,
        "backup_bucket": BACKUP_BUCKET,
        "backup_endpoint": cloud.endpoint,
        "backup_noncurrent_days": 14,
        "backup_retention_days": 0,
        "pruner_principals": ["arn:aws:iam::123456789012:user/alice"],
    }


def _insist_on_empty_plan(cloud: Cloud, where: str, *arguments: str) -> None:
    done = cloud.terraform(where, "plan", "-detailed-exitcode", "-no-color", *arguments, check=False)
    if done.returncode == CHANGED:
        raise RehearsalError(f"A second plan of {where} is not empty:\n{done.stdout[-3000:]}")
    commands.require(
        done.returncode == UNCHANGED,
        f"A second plan of {where} failed:\n{commands.last_lines(commands.log_of('terraform'))}",
    )


def _note(cloud: Cloud, where: str) -> None:
    said = json.loads(cloud.terraform(where, "output", "-json").stdout)
    cloud.outputs = {name: each["value"] for name, each in said.items()}
    # The state as it is stored; `show` would start the provider to explain it.
    cloud.instance_id = instance(json.loads(cloud.terraform(where, "state", "pull").stdout))
    cloud.user_data = commands.run(
        "cloud-probe",
        str(paths.TOOLS / "python"),
        "-c",
        ASK_USER_DATA,
        cloud.instance_id,
        environment=cloud.environment,
    ).stdout
    commands.require(
        cloud.user_data.startswith("#cloud-config"),
        "The cloud's machine has no cloud-config as its user data.",
    )


def instance(state: dict[str, Any]) -> str:
    """Return the id of the one EC2 instance in Terraform's state.

    Raises:
        RehearsalError: there is none, or there are several.
    """
    found = [
        each["attributes"]["id"]
        for resource in state["resources"]
        if resource["mode"] == "managed" and resource["type"] == "aws_instance"
        for each in resource["instances"]
    ]
    commands.require(len(found) == 1, f"Terraform has made {len(found)} servers, not one.")
    return str(found[0])
