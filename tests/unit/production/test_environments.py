"""Staging and production are the same text of Terraform: links to one root, and values of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

TERRAFORM = Path(__file__).parents[3] / "terraform"


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_an_environment_is_the_server_of_the_one_root(environment: str) -> None:
    folder, root = TERRAFORM / "environments" / environment, TERRAFORM / "server"
    assert {path.name for path in folder.glob("*.tf")} == {path.name for path in root.glob("*.tf")}
    assert all(path.is_symlink() and path.samefile(root / path.name) for path in folder.glob("*.tf"))
    assert f'environment            = "{environment}"' in (folder / "terraform.tfvars.example").read_text()
