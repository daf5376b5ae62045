"""Rows for tests of storage, which refer to one another as real ones do."""

from __future__ import annotations

from datetime import UTC, datetime

from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import (
    AccessToken,
    AuditEntry,
    ChatMessage,
    CriterionRow,
    Deletion,
    Document,
    DocumentVersion,
    Evaluation,
    GlossaryWord,
    IdempotencyKey,
    Identity,
    ImportedMemo,
    LeaseRow,
    Memo,
    MemoVersion,
    ModelCall,
    ModelCallText,
    ModelUse,
    MutedRemark,
    OneTimeLink,
    PasskeyChallenge,
    Preferences,
    RecoveryCode,
    RemarkMark,
    SecondFactor,
    SharedRemark,
    ShareLink,
    SignInAttempts,
    SignInFlow,
    Spending,
    User,
    UserSession,
    Visitor,
    Webhook,
    WebhookDelivery,
)

NOON = datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)


async def add_visitor(database: Database, name: str = "v") -> None:
    """Add a visitor with a memo ``m-NAME`` that has one version."""
    async with database.write() as session:
        session.add(Visitor(id=name, created=NOON, last_seen=NOON))
        await session.flush()
        session.add(memo_of(name, f"m-{name}"))
        await session.flush()
        session.add(
            MemoVersion(
                memo=f"m-{name}", number=1, text="T", text_sha256="x", words=1, language="en", created=NOON
            )
        )


def memo_of(owner: str, memo_id: str) -> Memo:
    """Make a memo without a draft."""
    return Memo(
        id=memo_id, owner=owner, title="T", language="en", words=1, created=NOON, changed=NOON,
        draft_rubric="r",
    )  # fmt: skip


def queued(owner: str, evaluation_id: str, created: datetime = NOON) -> Evaluation:
    """Make an evaluation that waits in the queue."""
    return Evaluation(
        id=evaluation_id, owner=owner, memo=f"m-{owner}", version=1, rubric="r", rubric_version="1",
        coach="builtin", status="queued", created=created,
    )  # fmt: skip


async def add_rows_of_a_model(database: Database, owner: str, evaluation_id: str) -> None:
    """Add all that comes with an evaluation by a model, in each table about them."""
    async with database.write() as session:
        session.add(
            CriterionRow(
                evaluation=evaluation_id, criterion="ask", position=0, name="Ask", weight=1.0,
                effective_weight=1.0, score=3.5, justification="J", evidence=[], coach="llm",
            )
        )  # fmt: skip
        session.add(
            ChatMessage(
                id=f"message-{evaluation_id}", owner=owner, evaluation=evaluation_id, position=0,
                role="person", text="Why?", status="done", created=NOON, changed=NOON,
            )
        )  # fmt: skip
        session.add(
            ModelCall(
                id=f"call-{evaluation_id}", owner=owner, evaluation=evaluation_id, purpose="evaluation",
                model="openai/some-model", status="done", day="2026-05-01", reserved_micro_usd=2**40,
                micro_usd=2**39, prompt_tokens=900, completion_tokens=300, first_token_seconds=0.1,
                seconds=1 / 3, created=NOON, settled=NOON,
            )
        )  # fmt: skip
        session.add(Spending(day="2026-05-01", reserved_micro_usd=0, spent_micro_usd=2**39))
        session.add(ModelUse(id="use", owner=owner, address="ab" * 16, purpose="chat", created=NOON))
        await session.flush()
        session.add(
            ModelCallText(
                call=f"call-{evaluation_id}", evaluation=evaluation_id,
                prompt=[{"role": "user", "content": "Straße 😀"}], response="{}",
            )
        )  # fmt: skip
        session.add(Preferences(owner=owner, rubric="r", coach="llm", changed=NOON))
        session.add(ImportedMemo(memo=f"m-{owner}", source_sha256="ab" * 32, imported=NOON))


async def add_deletion(database: Database, owner: str) -> None:
    """Add a deletion that may be undone, with the visitor that holds what was deleted."""
    async with database.write() as session:
        session.add(Visitor(id=f"deleted-{owner}", created=NOON, last_seen=NOON))
        await session.flush()
        session.add(Deletion(id=f"deleted-{owner}", owner=owner, due=NOON))


async def add_rows_of_a_review(database: Database, owner: str) -> None:
    """Add what somebody made of remarks: a mark on their memo, a kind that is muted, a word."""
    async with database.write() as session:
        session.add(
            RemarkMark(
                memo=f"m-{owner}", key="ab" * 32, owner=owner, says="ask/ask.missing",
                passage="añadido 😀", is_only=True, state="declined", reason="Añadido 😀", version=1,
                marked=NOON,
            )
        )  # fmt: skip
        session.add(MutedRemark(owner=owner, kind="ask.amount-missing"))
        session.add(GlossaryWord(owner=owner, word="I+D"))


async def add_rows_of_sharing(database: Database, owner: str, evaluation: str) -> None:
    """Add a link to an evaluation, and what its holder remarked on a passage."""
    async with database.write() as session:
        session.add(
            ShareLink(
                id=f"link-{evaluation}", owner=owner, evaluation=evaluation, token_sha256="cd" * 32,
                made=NOON, expires=NOON,
            )
        )  # fmt: skip
        session.add(
            SharedRemark(
                id=f"remark-{evaluation}", owner=owner, evaluation=evaluation, name="Añadido 😀",
                start_position=0, end_position=1, text="Straße 😀", made=NOON,
            )
        )  # fmt: skip


async def add_rows_of_access(database: Database, owner: str) -> None:
    """Add a token with which a program asks in somebody's name, and what it has asked."""
    async with database.write() as session:
        session.add(
            AccessToken(
                id=f"token-{owner}", owner=owner, name="Straße 😀", token_sha256="ef" * 32,
                scopes="read write", made=NOON, expires=NOON, last_used=NOON,
            )
        )  # fmt: skip
        session.add(
            IdempotencyKey(
                owner=owner, key_sha256="ab" * 32, request_sha256="cd" * 32, attempt="a",
                result={"evaluation": "e"}, made=NOON,
            )
        )  # fmt: skip


async def add_rows_of_webhooks(database: Database, owner: str, evaluation: str) -> None:
    """Add an address that is to be told of an evaluation."""
    async with database.write() as session:
        session.add(
            Webhook(id=f"webhook-{owner}", owner=owner, url="https://example.org/", salt="s", made=NOON)
        )
        await session.flush()
        session.add(
            WebhookDelivery(
                webhook=f"webhook-{owner}", evaluation=evaluation, owner=owner, status="waiting", tries=1,
                due=NOON, answered=500, made=NOON,
            )
        )  # fmt: skip


async def add_audit_entry(database: Database) -> None:
    """Add an entry to the audit log."""
    async with database.write() as session:
        session.add(
            AuditEntry(
                id="audit", moment=NOON, actor="Añadido 😀", actor_user="user", action="document.saved",
                target="document:rubric", before=None, after={"version": 2}, address="192.0.2.1",
                request_id="request",
            )
        )  # fmt: skip


async def add_account_rows(database: Database) -> None:
    """Add an account with a session, a link and a failed attempt to sign in."""
    async with database.write() as session:
        session.add(Visitor(id="account", created=NOON, last_seen=NOON))
        await session.flush()
        session.add(
            User(
                id="user", owner="account", email="añadido@example.org", name="Añadido 😀",
                role="administrator", password_hash="$argon2id$", is_disabled=True, is_break_glass=True,
                created=NOON,
                last_sign_in=NOON, limits={"evaluations_a_day": 5},
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            UserSession(
                id="session", user_id="user", token_sha256="ef" * 32, made=NOON, last_used=NOON,
                address="192.0.2.1", agent="Firefox",
            )
        )  # fmt: skip
        session.add(
            OneTimeLink(
                id="once", purpose="reset", user_id="user", token_sha256="12" * 32, made=NOON, expires=NOON
            )
        )
        session.add(
            Identity(
                issuer="https://id.example.org", subject="Añadido 😀", user_id="user", made=NOON,
                last_used=NOON,
            )
        )  # fmt: skip
        session.add(
            SignInFlow(state_sha256="56" * 32, browser_sha256="78" * 32, next_address="/", expires=NOON)
        )
        session.add(SignInAttempts(mark="34" * 32, failures=6, changed=NOON, blocked_until=NOON, forget=NOON))
        session.add(
            SecondFactor(
                id="factor", user_id="user", kind="passkey", name="Añadido 😀", made=NOON, last_used=NOON,
                is_confirmed=True, credential="credential", public_key="key", sign_count=2**33,
            )
        )  # fmt: skip
        session.add(RecoveryCode(mark="9a" * 32, user_id="user"))
        session.add(
            PasskeyChallenge(challenge_sha256="bc" * 32, purpose="register", user_id="user", expires=NOON)
        )


async def add_document(database: Database) -> None:
    """Add a changed document with a version."""
    async with database.write() as session:
        session.add(Document(name="context", version=1))
        await session.flush()
        session.add(
            DocumentVersion(
                name="context", version=1, text="reader: Straße 😀", digest="ab" * 6, author="Añadido 😀",
                moment=NOON, note="note", rolled_back_from=0, is_retired=False,
            )
        )  # fmt: skip


async def add_lease(database: Database) -> None:
    """Add what one process does for all."""
    async with database.write() as session:
        session.add(LeaseRow(task="housekeeping", holder="Straße:1", until=NOON))
