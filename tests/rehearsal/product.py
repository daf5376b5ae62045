"""The product's own images, built by the production Dockerfile and packed for the way to the server."""

from __future__ import annotations

import re
from pathlib import Path

from tests.rehearsal import paths, registry
from tests.rehearsal.ansible import VERSION
from tests.rehearsal.commands import require
from tests.rehearsal.engine import LABEL, PREFIX, Engine

TARGETS = {"app": "memo-coach", "backup": "memo-coach-backup", "postgres": "memo-coach-postgres"}
DATABASE_IMAGE = re.compile(r"memo-coach-postgres\}:(\S+)")
BUILD_SECONDS = 1500


def compose_images() -> list[str]:
    """Return the images that the stack takes from a registry."""
    return registry.pulled_images((paths.ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8"))


def database_version() -> str:
    """Return the version that the database's image has of its own."""
    found = DATABASE_IMAGE.search((paths.ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8"))
    require(found is not None, "docker-compose.prod.yml names no version of the database's image.")
    return str(found and found[1])


def build(engine: Engine) -> Path:
    """Build the product's images and save them into one archive; give it."""
    bases = registry.base_images((paths.ROOT / "Dockerfile").read_text(encoding="utf-8"))
    supplied = [
        part
        for name, base in bases.items()
        for part in ("--build-arg", f"{name}={registry.supply(engine, base)}")
    ]
    images = []
    for target, name in TARGETS.items():
        image = f"{name}:{database_version() if target == 'postgres' else VERSION}"
        engine.run(
            f"build-{target}",
            "build",
            "--network",
            "host",
            "--target",
            target,
            "--label",
            LABEL,
            *supplied,
            "--build-arg",
            f"VERSION={VERSION}",
            "--tag",
            image,
            ".",
            seconds=BUILD_SECONDS,
            environment={"DOCKER_BUILDKIT": "1"},
        )
        images.append(image)
    archive = paths.RUN / f"{PREFIX}.tar"
    engine.run("build-app", "save", "--output", str(archive), *images)
    return archive
