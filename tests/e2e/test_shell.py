"""The page as the server hands it out: what works on it under our policies."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.conftest import NewPage
from tests.live_server import LiveServer


def test_every_page_opens_without_a_complaint(page: Page) -> None:
    for path, heading in (
        ("/", "Write your memo"),
        ("/memos", "Your memos"),
        ("/progress", "Progress"),
        ("/help", "Help"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        page.wait_for_load_state("networkidle")


def test_going_to_another_page_needs_no_new_document(page: Page) -> None:
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Help").first.click()
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert page.url.rstrip("/").endswith("/help")


def test_an_inline_script_that_someone_slipped_in_does_not_run(new_page: NewPage) -> None:
    page = new_page(may_complain=True)
    page.goto("/")
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) =>
                resolve(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.slipped = true";
            document.body.append(script);
            setTimeout(() => resolve("nothing"), 2000);
        })"""
    )
    assert blocked == "script-src-elem"
    assert page.evaluate("window.slipped") is None


def test_the_session_is_out_of_reach_of_scripts(page: Page) -> None:
    page.goto("/")
    assert "memo_coach" not in page.evaluate("document.cookie")
    (cookie,) = [each for each in page.context.cookies() if each["name"].endswith("memo_coach")]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"


def test_a_page_finds_its_server_again_after_a_restart(own_page: Page, own_server: LiveServer) -> None:
    page = own_page
    received: list[str | bytes] = []

    def note_frame(frame: str | bytes) -> None:
        received.append(frame)

    def note_frames(socket: WebSocket) -> None:
        socket.on("framereceived", note_frame)

    page.on("websocket", note_frames)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    own_server.kill()
    own_server.start()
    received.clear()
    for _ in range(200):
        if received:
            break
        page.wait_for_timeout(100)
    assert received, "The page did not connect again within 20 seconds."
