"""What the administrators' page of accounts shows and does."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.typed_limits import LONGEST_MODELS, MICRO, NONE, typed_limits
from memo_coach.services.accounts.views import OneTimeLink, UserView
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.translations import number, text
from memo_coach.ui.states.administration import administrator
from memo_coach.web.events.authorisation import allow


@dataclasses.dataclass
class UserOnScreen:
    """An account, ready to show."""

    id: str
    name: str
    email: str
    role: str
    """``writer`` or ``administrator``."""
    state: str
    """How they sign in, and what holds for them alone."""
    last_sign_in: str
    """In ISO 8601; empty where there was none."""
    is_disabled: bool
    has_second_factor: bool
    evaluations_a_day: str
    """As it is typed; empty where it is everybody's."""
    usd_a_day: str
    models: str


class UsersState(rx.State):
    """Accounts on the screen."""

    status: str = "loading"
    problem: str = ""
    """Why nothing is shown."""
    refusal: str = ""
    """Why something was not done."""
    told: str = ""
    """What was done."""
    link: str = ""
    """The address that was made just now; it is shown once."""
    query: str = ""
    users: list[UserOnScreen] = []
    cursor: str = ""
    next_cursor: str = ""
    models: str = ""
    """Those that are configured; empty for none."""
    has_accounts: bool = True
    """Whether one signs in here."""

    def _administrator(self) -> Actor | None:
        """Return who may do it; else show that it is not for them."""
        who = administrator(self)
        if not isinstance(who, str):
            return who
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
        self.status, self.problem = "refused", who
        return None

    async def _show(self, actor: Actor, cursor: str) -> None:
        try:
            page = await current().users.list(actor, self.query, cursor or None)
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
            return
        self.users = [_user(each) for each in page.users]
        self.cursor, self.next_cursor = cursor, page.next_cursor or ""
        self.models = ", ".join(await current().models.coaches.models_of(None))
        self.has_accounts = current().settings.auth_mode == "accounts"
        self.status = "here"

    async def _do(self, work: Callable[[Actor], Awaitable[object]], told: str) -> None:
        """Do something as an administrator, say what came of it, and show the accounts as they are then."""
        actor = self._administrator()
        if actor is None:
            return
        self.refusal = self.told = self.link = ""
        try:
            done = await work(actor)
        except ServiceError as error:
            self.refusal = error.message
        else:
            self.told = text(told if "." in told else f"users.{told}")
            if isinstance(done, OneTimeLink):
                self.told = text("users.mailed") if done.is_mailed else ""
                self.link = "" if done.is_mailed else done.url
        await self._show(actor, self.cursor)

    @rx.event
    async def open(self) -> None:
        """Show the first accounts at each visit."""
        actor = self._administrator()
        if actor is not None:
            self.refusal = self.told = self.link = ""
            await self._show(actor, "")

    @rx.event
    async def search(self, form: dict[str, Any]) -> None:
        """Show the accounts in whose address or name something stands."""
        actor = self._administrator()
        if actor is not None:
            self.query = _field(form, "query")
            await self._show(actor, "")

    @rx.event
    async def more(self) -> None:
        """Show the following accounts."""
        actor = self._administrator()
        if actor is not None:
            await self._show(actor, self.next_cursor)

    @rx.event
    async def invite(self, form: dict[str, Any]) -> None:
        """Make an account and a link to it."""
        email, name, role = _field(form, "email"), _field(form, "name"), _role(_field(form, "role"))
        await self._do(
            lambda actor: current().users.invite(actor, email=email, name=name, role=role), "invited"
        )

    @rx.event
    async def set_role(self, user_id: str, role: str) -> None:
        """Let an account administer, or no longer."""
        chosen = _role(role)
        told = "role_administrator" if chosen is Role.ADMINISTRATOR else "role_writer"
        await self._do(lambda actor: current().users.set_role(actor, user_id, chosen), told)

    @rx.event
    async def set_disabled(self, user_id: str, is_disabled: bool) -> None:
        """Let nobody in by an account, or let them in again."""
        told = "disabled" if is_disabled else "enabled"
        await self._do(lambda actor: current().users.set_disabled(actor, user_id, is_disabled), told)

    @rx.event
    async def reset_password(self, user_id: str) -> None:
        """Make a link by which a person chooses another password."""
        await self._do(lambda actor: current().users.reset_password(actor, user_id), "invited")

    @rx.event
    async def end_sessions(self, user_id: str) -> None:
        """Sign an account out everywhere."""
        await self._do(lambda actor: current().users.end_sessions(actor, user_id), "signed_out")

    @rx.event
    async def remove_second_factors(self, user_id: str) -> None:
        """Remove the second factors of who has lost theirs."""
        await self._do(
            lambda actor: current().users.remove_second_factors(actor, user_id),
            "second_factors.admin_removed",
        )

    @rx.event
    async def set_limits(self, form: dict[str, Any]) -> None:
        """Give an account limits of its own."""

        async def change(actor: Actor) -> None:
            configured = await current().models.coaches.models_of(None)
            limits = typed_limits(
                _field(form, "evaluations_a_day"),
                _field(form, "usd_a_day"),
                _field(form, "models"),
                configured,
            )
            await current().users.set_limits(actor, _field(form, "user"), limits)

        await self._do(change, "limited")


def _field(form: dict[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _role(value: str) -> Role:
    return Role.ADMINISTRATOR if value == Role.ADMINISTRATOR.value else Role.WRITER


def _user(user: UserView) -> UserOnScreen:
    limits = user.limits
    state = [text(f"users.is_{user.role.value}")]
    if user.is_disabled:
        state.append(text("users.is_disabled"))
    elif user.last_sign_in is None and not user.has_password:
        state.append(text("users.is_invited"))
    if user.second_factors:
        state.append(text("users.second_factor"))
    if limits.evaluations_a_day is not None:
        state.append(text("users.evaluations", count=limits.evaluations_a_day))
    usd = "" if limits.micro_usd_a_day is None else f"{limits.micro_usd_a_day / MICRO:.6f}"
    if limits.micro_usd_a_day is not None:
        state.append(text("users.spending", amount=number(limits.micro_usd_a_day / MICRO, digits=2)))
    if limits.models is not None:
        named = ", ".join(limits.models)
        state.append(text("users.may_use", models=named) if named else text("users.may_use_none"))
    return UserOnScreen(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role.value,
        state=" · ".join(state),
        last_sign_in="" if user.last_sign_in is None else user.last_sign_in.isoformat(),
        is_disabled=user.is_disabled,
        has_second_factor=bool(user.second_factors),
        evaluations_a_day="" if limits.evaluations_a_day is None else str(limits.evaluations_a_day),
        usd_a_day=usd.rstrip("0").rstrip(".") if usd else "",
        models="" if limits.models is None else ", ".join(limits.models) or NONE,
    )


allow(
    UsersState,
    "open",
    "search",
    "more",
    storing=(
        "invite",
        "set_role",
        "set_disabled",
        "reset_password",
        "end_sessions",
        "remove_second_factors",
        "set_limits",
    ),
    lengths={"set_limits": {"models": LONGEST_MODELS}},
)
