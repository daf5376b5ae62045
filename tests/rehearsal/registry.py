"""The images that a server pulls, from a registry in the rehearsal's own network.

Where the world's registry is in reach, the real images are pulled and handed on. Where it is not, images that
do the same are made from Debian's packages. They never get the real ones' names on this machine's engine:
only in the registry of the rehearsal, which goes with it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from tests.rehearsal import base, commands, paths
from tests.rehearsal.commands import RehearsalError
from tests.rehearsal.engine import LABEL, MADE_FROM, PREFIX, Engine
from tests.rehearsal.network import REGISTRY, Network

CONTAINER = f"{PREFIX}-registry"
PORT = 5000
SERVICES = f"{PREFIX}/services:trixie"
OWN = ("memo-coach", "memo-coach-backup", "memo-coach-postgres")
PULL_SECONDS = 300

FROM_ARGUMENT = re.compile(r"^ARG (\w+_IMAGE)=(\S+)$", re.MULTILINE)
COMPOSE_IMAGE = re.compile(r"""^\s+image:\s*["']?([^\s"'#]+)""", re.MULTILINE)


def base_images(dockerfile: str) -> dict[str, str]:
    """Return the bases that the Dockerfile pins, by their arguments.

    Raises:
        RehearsalError: it names none.
    """
    found = dict(FROM_ARGUMENT.findall(dockerfile))
    if not found:
        raise RehearsalError("The Dockerfile has no `ARG …_IMAGE=…`: which base should the rehearsal supply?")
    return found


def pulled_images(compose: str) -> list[str]:
    """Return the images of the stack that are not ours, each once, in the order of the Compose file."""
    named = dict.fromkeys(COMPOSE_IMAGE.findall(compose))
    return [image for image in named if "$" not in image and image.split(":")[0] not in OWN]


def supply(engine: Engine, image: str) -> str:
    """Return the name under which an image with this pinned name lies on the engine.

    Raises:
        RehearsalError: it cannot be pulled, and there is no stand-in for it.
    """
    if engine.has_image(image):
        return image
    stand_in = f"{PREFIX}/{image}"
    if engine.label_of(stand_in, MADE_FROM) is None and _pull(engine, image):
        return image
    name = image.partition(":")[0]
    dockerfile = paths.IMAGES / f"{name}.Dockerfile"
    if not dockerfile.is_file():
        raise RehearsalError(f"{image} cannot be pulled here, and the rehearsal has no stand-in for it.")
    return make(engine, stand_in, dockerfile)


def _pull(engine: Engine, image: str) -> bool:
    return engine.run("images", "pull", image, seconds=PULL_SECONDS, check=False).returncode == 0


def make(engine: Engine, image: str, dockerfile: Path) -> str:
    """Build one of the rehearsal's own images, unless it is there as it has to be; give its name."""
    recipe = _recipe(dockerfile)
    if engine.label_of(image, MADE_FROM) == recipe:
        return image
    with tempfile.TemporaryDirectory(dir=paths.RUN) as folder:
        context = Path(folder)
        for script in paths.IMAGES.glob("*.sh"):
            shutil.copy(script, context)
        if paths.CERTIFICATES.is_file():
            shutil.copy(paths.CERTIFICATES, context / "certificates.pem")
        if dockerfile.name == "traefik.Dockerfile":
            shutil.copy(paths.TOOLS / "traefik", context / "traefik")
        engine.build(
            image,
            dockerfile,
            context,
            "--build-arg",
            f"BASE={base.make(engine)}",
            "--build-arg",
            f"LISTS={base.with_lists(engine)}",
            "--label",
            f"{MADE_FROM}={recipe}",
        )
    return image


def _recipe(dockerfile: Path) -> str:
    """Return what tells one way of making an image from another."""
    parts = [dockerfile, *sorted(paths.IMAGES.glob("*.sh"))]
    content = b"".join(part.read_bytes() for part in parts)
    return hashlib.sha256(base.RECIPE.encode() + content).hexdigest()[:16]


def start(engine: Engine, network: Network, images: list[str]) -> str:
    """Start the registry with these images in it; give its address as a mirror.

    Raises:
        RehearsalError: it does not answer.
    """
    services = make(engine, SERVICES, paths.IMAGES / "services.Dockerfile")
    address = f"{network.address(REGISTRY)}:{PORT}"
    engine.run(
        "registry",
        "run",
        "--detach",
        "--name",
        CONTAINER,
        "--label",
        LABEL,
        *network.options(REGISTRY),
        "--publish",
        f"127.0.0.1::{PORT}",
        services,
        "sh",
        "-c",
        REGISTRY_COMMAND,
    )
    commands.until("The rehearsal's registry", lambda: _answers(f"http://{address}/v2/"), 30)
    # A name on loopback may be pushed to without TLS, by every engine as it comes.
    published = engine.run("registry", "port", CONTAINER, str(PORT)).stdout.split()[0]
    for image in images:
        pushed = f"{published}/{image if '/' in image else f'library/{image}'}"
        engine.run("registry", "tag", supply(engine, image), pushed)
        try:
            engine.run("registry", "push", "--quiet", pushed)
        finally:
            engine.run("registry", "rmi", pushed, check=False)
    return f"http://{address}"


REGISTRY_COMMAND = """cat > /tmp/registry.yml <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /tmp/registry}}
http: {addr: ":5000"}
END
exec docker-registry serve /tmp/registry.yml"""


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
