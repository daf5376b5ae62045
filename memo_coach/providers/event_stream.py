"""Reading OpenAI's stream of server-sent events, as most providers and all local servers speak it.

The providers' library makes three objects with some hundred attributes of each piece of an answer: 0.4 ms a
piece, which for a hundred answers at once is half a processor. Text, end and usage are three look-ups.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from memo_coach.coaching.llm.model import FailureReason
from memo_coach.providers.client import StreamEnded, StreamPiece, TokenUse, finish_of
from memo_coach.providers.failures import Fault, ProviderFault

LONGEST_LINE = 1_000_000
"""Bytes of one event. A piece of text is a few hundred."""


async def pieces_of(body: AsyncIterator[bytes]) -> AsyncGenerator[StreamPiece, None]:
    """Read an answer from the bytes of its stream.

    Raises:
        ProviderFault: the stream tells of an error, is no such stream, or ends before its end was told.
    """
    finish: object = None
    use: TokenUse | None = None
    async for line in lines_of(body):
        if not line.startswith(b"data:"):
            continue  # a comment that keeps the connection alive, or another field
        data = line[5:].strip()
        if data == b"[DONE]":
            yield StreamEnded(finish_of(finish), use)
            return
        chunk = _read(data)
        text, ended = text_and_end(chunk)
        finish = ended or finish
        use = use_of(chunk.get("usage")) or use
        if text:
            yield text
    if finish is None:
        raise ProviderFault(Fault("broken", retryable=True, detail="the stream ended without an end"))
    yield StreamEnded(finish_of(finish), use)


async def lines_of(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cut bytes into lines, at line feeds only: a separator of Unicode may stand within JSON.

    Raises:
        ProviderFault: a line is longer than any event.
    """
    held = bytearray()
    async for part in body:
        held += part
        if b"\n" not in part:
            if len(held) > LONGEST_LINE:
                raise ProviderFault(Fault("server-error", retryable=False, detail="a line without end"))
            continue
        *whole, rest = bytes(held).split(b"\n")
        held = bytearray(rest)
        for line in whole:
            yield line.rstrip(b"\r")
    if held:
        yield bytes(held)


def text_and_end(chunk: Mapping[str, Any]) -> tuple[str, object]:
    """Return a piece's text, be it content or the arguments of a tool call, and the reason of its end."""
    choices = chunk.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return "", None
    delta = choices[0].get("delta")
    if not isinstance(delta, dict):
        return "", choices[0].get("finish_reason")
    text = delta.get("content")
    if isinstance(text, str) and text:
        return text, choices[0].get("finish_reason")
    calls = delta.get("tool_calls") or ()
    arguments = "".join(
        str((call.get("function") or {}).get("arguments") or "") for call in calls if isinstance(call, dict)
    )
    return arguments, choices[0].get("finish_reason")


def use_of(usage: object) -> TokenUse | None:
    """Read the tokens that a provider counted; ``None`` where it told none."""
    if not isinstance(usage, Mapping):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(completion, int) or prompt < 0 or completion < 0:
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
    return TokenUse(prompt, completion, cached if isinstance(cached, int) and cached > 0 else 0)


def _read(data: bytes) -> Mapping[str, Any]:
    try:
        chunk = json.loads(data)
    except ValueError:
        raise ProviderFault(Fault("server-error", retryable=True, detail="a piece that is no JSON")) from None
    if not isinstance(chunk, dict):
        raise ProviderFault(Fault("server-error", retryable=True, detail="a piece that is no object"))
    if chunk.get("error"):
        error = chunk["error"]
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) else 500
        reason: FailureReason = "rate-limited" if status == 429 else "server-error"
        raise ProviderFault(Fault(reason, retryable=True, detail=f"an error in the stream, {status}"))
    return chunk
