"""Our count of tokens, against the counts of OpenAI's own encodings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken

from memo_coach.coaching.llm.model import Message
from memo_coach.providers.tokens import count_prompt_tokens, count_tokens

SAMPLES = sorted(Path("memo_coach/coaching/samples").glob("*/*.md"))


@pytest.fixture(scope="module")
def encodings() -> list[tiktoken.Encoding]:
    """Return the encodings that come with the providers' library, without the network."""
    library = find_spec("litellm")
    assert library is not None
    assert library.origin is not None
    vocabularies = Path(library.origin).parent / "litellm_core_utils" / "tokenizers"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(vocabularies))
        return [tiktoken.get_encoding(name) for name in ("cl100k_base", "o200k_base")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_memo_is_counted_rather_too_long_than_too_short(
    sample: Path, encodings: list[tiktoken.Encoding]
) -> None:
    text = sample.read_text(encoding="utf-8")
    exact = max(len(encoding.encode(text)) for encoding in encodings)
    assert exact * 0.98 <= count_tokens(text) <= exact * 1.35


def test_an_empty_text_has_no_tokens() -> None:
    assert count_tokens("") == 0


def test_half_of_a_surrogate_pair_is_counted_too() -> None:
    assert count_tokens("\ud83d") > 0


def test_a_prompt_is_more_than_its_messages() -> None:
    messages = (Message("system", "Judge."), Message("user", "A memo."))
    assert count_prompt_tokens(messages) > count_tokens("Judge.") + count_tokens("A memo.")
