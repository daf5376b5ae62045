"""litellm: the one module that knows it. Importing this module is cheap; making a client loads the library.

That takes 4 to 8 seconds and 130 MB, so it is done in a thread, when a model is first asked. Nothing goes to
the network before the first request: the list of prices is the one that came with the library.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from memo_coach.coaching.llm.model import Message
from memo_coach.providers.client import (
    AnswerMode,
    ProviderRequest,
    RequestForm,
    StreamEnded,
    StreamPiece,
    TokenUse,
    finish_of,
)
from memo_coach.providers.event_stream import pieces_of, text_and_end, use_of
from memo_coach.providers.failures import Fault, ProviderFault, fault_of

KEY_OF_A_SERVER_WITHOUT_KEYS = "none"
"""Sent to a server of one's own where no key is set. Without it the library would send ``OPENAI_API_KEY``."""
SECONDS_BETWEEN_STARTS = 0.005
"""What the library computes before a request is sent, about: on one core."""
_TAKES_SCHEMAS = frozenset({"hosted_vllm", "vllm", "ollama", "ollama_chat", "lm_studio", "llamafile"})
"""Servers that force an answer into a schema whatever the model, which the library does not know or would ask
the server about."""
_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "openai", "httpx", "httpcore", "aiohttp")


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How providers are reached."""

    api_base: str = field(repr=False)
    """Empty for the provider's own address."""
    api_key: str = field(repr=False)
    """Empty for the variables that the library reads."""
    provider: str
    """The one that base and key belong to, as the prefix of a model's name."""
    connect_seconds: float
    silence_seconds: float
    """The longest wait for the next byte. The caller has a limit of its own; this one stands behind it."""
    temperature: float
    seed: int | None


class LitellmClient:
    """The library, loaded and made quiet."""

    def __init__(self, settings: ClientSettings) -> None:
        """Load the library; seconds of work, which belong into a thread."""
        self._settings = settings
        self._litellm = _load()
        self._next_start = 0.0
        self._timeout = httpx.Timeout(
            settings.silence_seconds, connect=settings.connect_seconds, pool=settings.connect_seconds
        )
        self.price_list: Mapping[str, Mapping[str, Any]] = self._litellm.model_cost
        asyncio.run(self._rehearse())
        # A million objects that stay for good: each full collection would look through them, and stop the
        # event loop for as long.
        gc.freeze()
        # Each call makes and drops some thousand objects, hardly ever in a circle.
        gc.set_threshold(20_000, 20, 20)

    def best_mode(self, model: str) -> AnswerMode:
        """Tell how to ask this model for an answer of a given shape, as far as the library knows it."""
        provider = provider_of(model)
        if provider in _TAKES_SCHEMAS or (provider == self._settings.provider and self._settings.api_base):
            return "schema"
        if self._litellm.supports_response_schema(model=model):
            return "schema"
        if self._litellm.supports_function_calling(model=model):
            return "tool"
        return "json"

    async def stream(self, attempt: ProviderRequest) -> AsyncGenerator[StreamPiece, None]:
        """Ask; see :class:`memo_coach.providers.client.Client`."""
        fault: Fault | None
        await self._own_moment()
        try:
            answer = await self._litellm.acompletion(**self._arguments(attempt))
        except Exception as error:  # noqa: BLE001 - the library raises what it likes, all of it means a failed call
            fault = fault_of(error)
        else:
            fault = _no_stream(answer)
        if fault is not None:
            # Outside the handler: nothing that the provider wrote hangs on this exception.
            raise ProviderFault(fault)
        try:
            async for piece in _pieces(answer):
                yield piece
        except ProviderFault:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            fault = fault_of(error)
        finally:
            await answer.aclose()
        if fault is not None:
            raise ProviderFault(fault)

    async def close(self) -> None:
        """Close all connections."""
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    async def _own_moment(self) -> None:
        """Wait where another call began a moment ago: a hundred at once would hold up the event loop."""
        now = asyncio.get_running_loop().time()
        self._next_start = max(now, self._next_start) + SECONDS_BETWEEN_STARTS
        wait = self._next_start - SECONDS_BETWEEN_STARTS - now
        if wait > 0:
            await asyncio.sleep(wait)

    async def _rehearse(self) -> None:
        """Ask once without a network: the first call loads much of the library, which takes 1.5 s."""
        events = {"content-type": "text/event-stream"}
        transport = httpx.MockTransport(
            lambda request: httpx.Response(200, headers=events, content=b"data: [DONE]\n\n")
        )
        async with httpx.AsyncClient(transport=transport) as session:
            self._litellm.aclient_session = session
            attempt = ProviderRequest("openai/rehearsal", (Message("user", "Ready?"),), 5, RequestForm())
            arguments = self._arguments(attempt) | {"api_base": "http://localhost", "api_key": "none"}
            try:
                stream = await self._litellm.acompletion(**arguments)
                await stream.aclose()
            finally:
                self._litellm.aclient_session = None
                self._litellm.in_memory_llm_clients_cache.flush_cache()

    def _arguments(self, attempt: ProviderRequest) -> dict[str, Any]:
        settings, form = self._settings, attempt.form
        arguments: dict[str, Any] = {
            "model": attempt.model,
            "messages": [{"role": each.role, "content": each.content} for each in attempt.messages],
            "stream": True,
            "timeout": self._timeout,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
            # Its gateway to tools of others wants a package that is not there, whatever the tools are.
            "_skip_mcp_handler": True,
            "max_completion_tokens" if form.renamed_limit else "max_tokens": attempt.most_tokens,
            **(_shape(attempt) if attempt.schema is not None else {}),
        }
        if form.usage:
            arguments["stream_options"] = {"include_usage": True}
        if form.temperature:
            arguments["temperature"] = settings.temperature
        if form.seed and settings.seed is not None:
            arguments["seed"] = settings.seed
        if provider_of(attempt.model) == settings.provider:
            if settings.api_base:
                arguments["api_base"] = settings.api_base
                arguments["api_key"] = settings.api_key or KEY_OF_A_SERVER_WITHOUT_KEYS
            elif settings.api_key:
                arguments["api_key"] = settings.api_key
        return arguments


def provider_of(model: str) -> str:
    """Return the provider in a model's name, ``openai`` in ``openai/gpt-4o-mini``; else the whole name."""
    return model.partition("/")[0]


def _shape(attempt: ProviderRequest) -> dict[str, Any]:
    """Return the arguments that ask for an answer of a given shape."""
    name, schema = attempt.schema_name, attempt.schema
    if attempt.form.mode == "schema":
        described = {"name": name, "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": described}}
    if attempt.form.mode == "tool":
        function = {"name": name, "description": "Takes the whole answer.", "parameters": schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }
    return {"response_format": {"type": "json_object"}} if attempt.form.mode == "json" else {}


def _no_stream(answer: object) -> Fault | None:
    """Tell of an answer that is none: after a 422 the library, asked to drop parameters, gives ``None``."""
    if hasattr(answer, "aclose"):
        return None
    return Fault("refused-request", retryable=False, detail="no stream", complaints=frozenset({"format"}))


async def _pieces(answer: Any) -> AsyncGenerator[StreamPiece, None]:  # noqa: ANN401 - the library's stream
    """Read an answer: its bytes where they are OpenAI's protocol, else what the library makes of them."""
    response = _openai_response(answer.completion_stream)
    if response is not None:
        async with contextlib.aclosing(pieces_of(response.aiter_bytes())) as pieces:
            async for piece in pieces:
                yield piece
        return
    async for chunk in answer:
        text, ended = text_and_end(_as_mapping(chunk))
        if text:
            yield text
        if ended is not None:
            yield StreamEnded(finish_of(ended), await _use_at_the_end(answer))
            return
    raise ProviderFault(Fault("broken", retryable=True, detail="the stream ended without an end"))


def _openai_response(stream: object) -> httpx.Response | None:
    """Return the response below a stream in OpenAI's protocol; ``None`` for another protocol."""
    own = getattr(stream, "response", None)  # OpenAI's own library
    like = getattr(stream, "http_response", None)  # servers like OpenAI's, such as vLLM
    if isinstance(own, httpx.Response):
        return own
    is_like = type(stream).__name__ == "OpenAIChatCompletionStreamingHandler"
    return like if is_like and isinstance(like, httpx.Response) else None


async def _use_at_the_end(answer: Any) -> TokenUse | None:  # noqa: ANN401 - the library's stream
    """Return the tokens that were told with the end, or right after it."""
    use = _last_use(answer.chunks)
    if use is None and await anext(answer, None) is not None:
        use = _last_use(answer.chunks)
    return use


def _as_mapping(chunk: Any) -> Mapping[str, Any]:  # noqa: ANN401 - the library's object
    """Return of a translated piece what is read of it."""
    if not chunk.choices:
        return {}
    choice = chunk.choices[0]
    calls = [
        {"function": {"arguments": call.function.arguments}}
        for call in choice.delta.tool_calls or ()
        if call.function is not None
    ]
    delta = {"content": choice.delta.content, "tool_calls": calls}
    return {"choices": [{"delta": delta, "finish_reason": choice.finish_reason}]}


def _last_use(chunks: list[Any]) -> TokenUse | None:
    """Return the usage of the last piece that told one; the library takes it out of what it hands on."""
    for chunk in reversed(chunks):
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            return use_of(usage.model_dump())
    return None


def _load() -> Any:  # noqa: ANN401 - the library has no types worth the minute that checking them takes
    """Import the library, and switch off what it would do beside asking."""
    # Read at the import: no list of prices from the network, no file .env into the environment.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm  # noqa: PLC0415 - seconds and 130 MB

    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    # It counted the tokens of each prompt to report a cost, with a tokenizer of 60 MB; we count ourselves.
    litellm.disable_token_counter = True
    for name in ("input_callback", "success_callback", "failure_callback", "service_callback", "callbacks"):
        getattr(litellm, name).clear()
    for name in _LOGGERS:
        # They would write addresses, and what providers answer, which may hold the memo.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
