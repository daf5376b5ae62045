"""Turn the program of an image into another version of itself: run while an image is built."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path("/app")
CLIENT = ROOT / "build/site/build/client"
MIGRATION = '''"""A table that the version before knows nothing of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "rehearsals",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("rehearsals")
'''
INLINE = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
TEXTS = {".js", ".html", ".css"}


def rename_assets() -> int:
    """Give files of the pages other names, wherever they are named; give how many.

    A name within an inline script stays: the policy of the pages lets such a script run by its hash.
    """
    texts = [each for each in CLIENT.rglob("*") if each.suffix in TEXTS]
    contents = {each: each.read_text(encoding="utf-8") for each in texts}
    inline = "".join(
        "".join(INLINE.findall(text)) for each, text in contents.items() if each.suffix == ".html"
    )
    names = {
        each.name for each in (CLIENT / "assets").glob("*.js") if re.search(r"-[\w-]{8}\.js$", each.name)
    }
    others = {name: f"{name[:-11]}{name[-11:-3][::-1]}.js" for name in names if name not in inline}
    others = {name: other for name, other in others.items() if name != other}
    pattern = re.compile("|".join(map(re.escape, others)))
    for path, text in contents.items():
        changed = pattern.sub(lambda match: others[match[0]], text)
        if changed != text:
            path.write_text(changed, encoding="utf-8")
        if changed != text or path.name in others:
            for packed in (path.with_name(f"{path.name}.br"), path.with_name(f"{path.name}.gz")):
                packed.unlink(missing_ok=True)
    for name, other in others.items():
        (CLIENT / "assets" / name).rename(CLIENT / "assets" / other)
    return len(others)


def add_migration() -> None:
    """Bring one migration more, which takes nothing from the version before."""
    versions = ROOT / "memo_coach/storage/migrations/versions"
    newest = max(versions.glob("v*.py")).read_text(encoding="utf-8")
    before = re.search(r'^revision = "(\w+)"$', newest, re.MULTILINE)[1]  # type: ignore[index]
    number, _, oldest = before.partition("_")
    following = int(number) + 1
    revision = f"{following:04d}_{oldest or number}"
    text = MIGRATION.format(revision=revision, before=before)
    (versions / f"v{following:04d}_rehearsals.py").write_text(text, encoding="utf-8")


def break_it() -> None:
    """Have it end as soon as it serves."""
    serve = ROOT / "memo_coach/server/serve.py"
    text = serve.read_text(encoding="utf-8")
    serve.write_text(
        f'{text}\n\ndef serve(*_: object) -> None:\n    raise OSError("broken on purpose")\n',
        encoding="utf-8",
    )
    for compiled in (serve.parent / "__pycache__").glob("serve.*.pyc"):
        compiled.unlink()


renamed = rename_assets()
if not renamed:
    sys.exit("No file of the pages could be given another name.")
add_migration()
if sys.argv[1]:
    break_it()
sys.stdout.write(json.dumps({"renamed": renamed}))
