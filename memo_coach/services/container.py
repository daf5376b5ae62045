"""All services of a process, put together once: opened when it starts, closed when it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from memo_coach.operations.database_figures import DatabaseFigures
from memo_coach.operations.error_reports import close_error_reports, open_error_reports
from memo_coach.operations.health import (
    CheckFunction,
    Health,
    Unhealthy,
    database_check,
    disk_check,
    migrations_check,
)
from memo_coach.operations.logging import configure_logging
from memo_coach.operations.self_tests import SelfTests
from memo_coach.services.accounts.opening import Accounts, open_accounts
from memo_coach.services.accounts.sessions import SessionService
from memo_coach.services.accounts.sign_in import SignInService
from memo_coach.services.accounts.taking_along import TakingAlongService
from memo_coach.services.accounts.tokens import TokenService
from memo_coach.services.accounts.users import UserService
from memo_coach.services.accounts.visitors import VisitorService
from memo_coach.services.administration.agreement import AgreementService
from memo_coach.services.administration.audit_log import AuditService
from memo_coach.services.administration.debug import DebugService
from memo_coach.services.administration.documents import DocumentService
from memo_coach.services.administration.documents_health import documents_check
from memo_coach.services.administration.documents_in_force import DocumentsInForce
from memo_coach.services.administration.housekeeping import Housekeeping
from memo_coach.services.administration.installation_figures import InstallationFigures
from memo_coach.services.administration.installation_state import InstallationStateService
from memo_coach.services.administration.rubric_preview import RubricPreview
from memo_coach.services.administration.self_tests import self_tests
from memo_coach.services.administration.usage import UsageService
from memo_coach.services.chat.service import ChatService
from memo_coach.services.coaches.hints import HintService
from memo_coach.services.coaches.models import Models, open_models
from memo_coach.services.coaches.service import Coaches
from memo_coach.services.data.deletion import DeletionService
from memo_coach.services.data.exporting import ExportService
from memo_coach.services.data.importing import ImportService
from memo_coach.services.errors import ServicesClosed
from memo_coach.services.evaluations.history import EvaluationHistory
from memo_coach.services.evaluations.pdf import PdfService
from memo_coach.services.evaluations.service import EvaluationService
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.memos.drafts import DraftService
from memo_coach.services.memos.files import MemoFileService
from memo_coach.services.memos.library import MemoService
from memo_coach.services.memos.retention import Retention
from memo_coach.services.memos.uploads import UploadService
from memo_coach.services.memos.versions import VersionService
from memo_coach.services.preferences.service import PreferenceService
from memo_coach.services.processes.leases import Lease
from memo_coach.services.processes.opening import open_messages
from memo_coach.services.processes.redis_messages import RedisMessages
from memo_coach.services.processes.shared_broadcast import SharedBroadcast
from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.services.progress.service import ProgressService
from memo_coach.services.review.service import ReviewService
from memo_coach.services.rubrics import RubricService
from memo_coach.services.sharing.service import SharingService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.idempotency import Idempotency
from memo_coach.services.usage.storage_budget import StorageBudget
from memo_coach.services.webhooks.deliverer import WebhookDeliverer
from memo_coach.services.webhooks.opening import open_webhooks
from memo_coach.services.webhooks.service import WebhookService
from memo_coach.services.webhooks.trying import WebhookTests
from memo_coach.settings import Settings
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations import text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence

_log = structlog.get_logger(__name__)

ANNOUNCING = timedelta(seconds=20)
"""For so long after one process has begun to start no other one logs a link as well."""


@dataclass(frozen=True, slots=True)
class Services:
    """What pages, API and command line may ask for."""

    settings: Settings
    drafts: DraftService
    memos: MemoService
    deletions: DeletionService
    exports: ExportService
    imports: ImportService
    preferences: PreferenceService
    versions: VersionService
    memo_files: MemoFileService
    uploads: UploadService
    evaluations: EvaluationService
    history: EvaluationHistory
    pdfs: PdfService
    coaches: Coaches
    chats: ChatService
    progress: ProgressService
    review: ReviewService
    sharing: SharingService
    rubrics: RubricService
    documents: DocumentService
    in_force: DocumentsInForce
    rubric_preview: RubricPreview
    agreement: AgreementService
    visitors: VisitorService
    users: UserService
    sessions: SessionService
    sign_in: SignInService
    taking_along: TakingAlongService
    tokens: TokenService
    webhooks: WebhookService
    webhook_tests: WebhookTests
    idempotency: Idempotency
    hints: HintService
    health: Health
    debug: DebugService
    self_tests: SelfTests
    usage: UsageService
    audit: AuditService
    installation: InstallationStateService
    accounts: Accounts = field(repr=False)
    models: Models = field(repr=False)
    webhook_deliverer: WebhookDeliverer = field(repr=False)
    housekeeping: Housekeeping = field(repr=False)
    workers: Workers = field(repr=False)
    database: Database = field(repr=False)
    open_parts: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)
    """What is closed when the services are, the last opened first."""


_open: list[Services] = []
"""At most one. A list, so that opening and closing change it without a global statement."""


async def open_services(
    settings: Settings,
    worker_settings: WorkerSettings | None = None,
    buckets: SharedBuckets | None = None,
) -> Services:
    """Set up logging, migrate the database, and start the workers, which first recover what was interrupted.

    ``buckets`` are those of which other processes take as well, some made before the services. Where
    something fails half-way, or this is cancelled, what was opened is closed again.

    Raises:
        DatabaseUnusable: the database cannot be opened or migrated, or the data directory cannot be made.
    """
    configure_logging(settings.log_level, settings.log_format)
    async with AsyncExitStack() as opened:
        if settings.sentry_dsn:
            await asyncio.to_thread(open_error_reports, settings.sentry_dsn, settings.app_env)
            opened.push_async_callback(asyncio.to_thread, close_error_reports)
        database = Database(settings.database_url)
        opened.push_async_callback(database.close)
        DatabaseFigures(database)
        try:
            services = await _opened(settings, database, worker_settings, buckets or SharedBuckets(), opened)
        except DBAPIError as error:
            raise database.unusable("opened", error) from error
        # All went well: from here on closing it is :func:`close_services`' work.
        services = replace(services, open_parts=opened.pop_all())
    _open[:] = [services]
    return services


def _make_data_directory(directory: Path) -> None:
    """Make the data directory, which a database elsewhere does not; how much room there is is asked of it."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = sentence("database.no_data_directory", directory=directory, reason=reason_of(error))
        raise DatabaseUnusable(reason) from error


async def _opened(
    settings: Settings,
    database: Database,
    worker_settings: WorkerSettings | None,
    buckets: SharedBuckets,
    opened: AsyncExitStack,
) -> Services:
    """Open everything; what has to be closed is put on the stack before the next thing is opened."""
    await asyncio.to_thread(_make_data_directory, settings.data_dir)
    before = await schema.upgrade(database)
    if not before.is_usable:
        _log.info("database migrated", before=before.current, after=before.newest)
    unit_of_work = UnitOfWork(database, settings.data_dir)
    in_force = DocumentsInForce(database)
    await in_force.renew()
    messages = await open_messages(settings, database)
    opened.push_async_callback(messages.close)
    buckets.connect(messages)
    broadcast, rubrics = SharedBroadcast(messages), RubricService(in_force)
    models = await open_models(settings, database, in_force, messages)
    opened.push_async_callback(models.close)
    kept_unused = timedelta(days=settings.retention_days) if settings.retention_days else None
    retention = Retention(database, timedelta(days=settings.draft_days), kept_unused=kept_unused)
    coaches = Coaches(models.coaches, models.coaches.executor)
    budget = StorageBudget(unit_of_work, models.budget.address_mark, shared=buckets)
    webhooks = await open_webhooks(settings, database, unit_of_work, budget)
    opened.push_async_callback(webhooks.deliverer.close)
    workers = Workers(
        database,
        rubrics,
        broadcast,
        coaches,
        worker_settings,
        on_end=webhooks.deliverer.wake,
        messages=messages,
    )
    opened.push_async_callback(workers.close)
    chats = ChatService(
        unit_of_work,
        rubrics,
        broadcast,
        models.coaches.chat_models,
        frameworks=lambda: in_force.snapshot.frameworks.frameworks,
        budget=budget,
    )
    opened.push_async_callback(chats.close)
    deletions = DeletionService(unit_of_work, database, workers.stop_work, broadcast)
    opened.push_async_callback(deletions.close)
    visitors = await VisitorService.open(database, settings.visitor_days)
    accounts = await open_accounts(
        settings,
        database,
        unit_of_work,
        deletions=deletions,
        visitors=visitors,
        demanded=lambda: in_force.snapshot.auth.second_factor,
    )
    opened.push_async_callback(accounts.close)
    housekeeping = Housekeeping(models, retention, accounts, Lease(database, "housekeeping"))
    opened.push_async_callback(housekeeping.close)
    pdfs = PdfService(unit_of_work, rubrics)
    uploads = UploadService()
    opened.callback(uploads.close)
    cache = messages.check() if isinstance(messages, RedisMessages) else None
    health = _health(settings, database, workers, in_force, cache)
    figures = InstallationFigures(database, settings.backup_status_directory, redis=cache)
    opened.callback(figures.close)
    preferences, review = (
        PreferenceService(unit_of_work, rubrics, coaches),
        ReviewService(unit_of_work, budget),
    )
    services = Services(
        settings=settings,
        drafts=DraftService(unit_of_work, rubrics, budget),
        memos=MemoService(unit_of_work, workers.stop_work, kept_unused),
        deletions=deletions,
        exports=ExportService(unit_of_work, pdfs),
        imports=ImportService(unit_of_work, budget, preferences, review, directory=settings.data_dir),
        preferences=preferences,
        versions=VersionService(unit_of_work),
        memo_files=MemoFileService(unit_of_work),
        uploads=uploads,
        evaluations=EvaluationService(
            unit_of_work,
            rubrics,
            coaches,
            workers,
            broadcast=broadcast,
            address_mark=models.budget.address_mark,
            budget=budget,
        ),
        history=EvaluationHistory(unit_of_work),
        pdfs=pdfs,
        coaches=coaches,
        chats=chats,
        progress=ProgressService(unit_of_work),
        review=review,
        sharing=SharingService(
            unit_of_work,
            budget,
            timedelta(days=settings.sharing_days) if settings.sharing else None,
            shared=buckets,
        ),
        rubrics=rubrics,
        documents=DocumentService(unit_of_work, in_force),
        in_force=in_force,
        rubric_preview=RubricPreview(unit_of_work, rubrics, models.coaches.executor),
        agreement=AgreementService(coaches),
        visitors=visitors,
        users=accounts.users,
        sessions=accounts.sessions,
        sign_in=accounts.sign_in,
        taking_along=accounts.taking_along,
        accounts=accounts,
        tokens=TokenService(
            unit_of_work,
            budget,
            by_account=settings.auth_mode == "accounts",
            notices=accounts.notices,
        ),
        webhooks=webhooks.service,
        webhook_tests=webhooks.tests,
        idempotency=Idempotency(unit_of_work),
        hints=HintService(rubrics, models.coaches.executor),
        health=health,
        debug=DebugService(unit_of_work, collects=settings.debug_mode),
        self_tests=self_tests(health, broadcast, models, accounts.mail),
        usage=UsageService(unit_of_work),
        audit=AuditService(unit_of_work),
        installation=InstallationStateService(
            settings, database, unit_of_work, models=models, workers=workers
        ),
        models=models,
        webhook_deliverer=webhooks.deliverer,
        housekeeping=housekeeping,
        workers=workers,
        database=database,
    )
    workers.start()
    webhooks.deliverer.start()
    housekeeping.start()
    figures.start()
    deletions.start()
    is_to_tell = settings.auth_mode == "accounts" and settings.first_link_in_log
    # Of several processes that start together one tells it.
    if is_to_tell and await Lease(database, "first administrator").hold(ANNOUNCING):
        await accounts.first_administrator.announce()
    return services


async def close_services(services: Services) -> None:
    """Let running evaluations finish for a moment, give the others back to the queue, close the database.

    Where a part cannot be closed, the others are all the same.
    """
    if _open and _open[0] is services:
        _open.clear()
    await services.open_parts.aclose()


def current() -> Services:
    """Return the services of this process.

    Raises:
        ServicesClosed: they are not open.
    """
    if not _open:
        raise ServicesClosed("the services are not open")
    return _open[0]


def _health(
    settings: Settings,
    database: Database,
    workers: Workers,
    in_force: DocumentsInForce,
    cache: CheckFunction | None,
) -> Health:
    async def workers_check() -> str:
        if not workers.is_alive:
            raise Unhealthy(text("health.workers_stopped"))
        return text("health.workers_work")

    health = Health()
    health.register("database", database_check(database))
    health.register("migrations", migrations_check(database))
    health.register("disk", disk_check(settings.data_dir))
    health.register("workers", workers_check)
    health.register("documents", documents_check(in_force))
    if cache is not None:
        health.register("cache", cache)
    return health
