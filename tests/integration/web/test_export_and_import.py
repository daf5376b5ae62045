"""The routes of an export and its import: one's own alone, bounded, and no way in for another site."""

from __future__ import annotations

import io
import zipfile

from memo_coach.services.data.importing import MOST_IMPORT_BYTES
from tests.live_server import LiveServer


def test_what_a_browser_took_along_another_brings_in_once(server: LiveServer) -> None:
    draft = {"memo_id": None, "text": "Approve $1M.", "rubric": "investment-memo", "base_revision": 0}
    with server.browser() as writer, server.browser() as other:
        writer.put("/draft", json=draft)
        answer = writer.get("/export")
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "no-store"
        assert "content-length" not in answer.headers, "it is sent while it is made"
        with zipfile.ZipFile(io.BytesIO(other.get("/export").content)) as empty:
            assert b"Approve" not in empty.read("memo-coach.json")
        added = other.post("/import", content=answer.content).json()
        assert (added["added"], added["message"]) == (1, "1 memo was imported.")
        again = other.post("/import", content=answer.content).json()
        assert (again["added"], again["known"]) == (0, 1)


def test_what_is_no_export_is_refused_with_a_sentence(server: LiveServer) -> None:
    with server.browser() as browser:
        refused = browser.post("/import", content=b"no zip")
        too_large = browser.post("/import", content=b"0" * (MOST_IMPORT_BYTES + 1))
        foreign = browser.post("/import", content=b"{}", headers={"Origin": "https://elsewhere.example"})
    assert refused.status_code == 422
    assert "cannot be imported" in refused.json()["detail"]
    assert too_large.status_code == 413
    assert foreign.status_code == 403


def test_nobody_without_a_session_exports_or_imports(server: LiveServer) -> None:
    with server.client() as client:
        assert client.get("/export").status_code == 403
        assert client.post("/import", content=b"{}").status_code == 403
