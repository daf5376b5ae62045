"""The product's own images, built by the production Dockerfile and packed for the way to the server."""

from __future__ import annotations

from pathlib import Path

from tests.rehearsal import paths, registry
from tests.rehearsal.ansible import VERSION
from tests.rehearsal.engine import LABEL, PREFIX, Engine

TARGETS = {"app": "memo-coach", "backup": "memo-coach-backup"}
BUILD_SECONDS = 1500


def compose_images() -> list[str]:
    """Return the images that the stack takes from a registry."""
    return registry.pulled_images((paths.ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8"))


def build(engine: Engine) -> Path:
    """Build the product's images and save them into one archive; give it."""
    base = registry.supply(
        engine, registry.base_image((paths.ROOT / "Dockerfile").read_text(encoding="utf-8"))
    )
    images = []
    for target, name in TARGETS.items():
        image = f"{name}:{VERSION}"
        engine.run(
            f"build-{target}",
            "build",
            "--network",
            "host",
            "--target",
            target,
            "--label",
            LABEL,
            "--build-arg",
            f"PYTHON_IMAGE={base}",
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
