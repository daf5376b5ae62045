"""Which language models are asked, how long they may take, and what they may cost."""

from __future__ import annotations

from memo_coach.settings import values
from memo_coach.settings.group import VariableGroup
from memo_coach.settings.variables import variable


class ModelVariables(VariableGroup):
    """The models, their keys, times and budget."""

    llm_model: values.ModelName = variable(
        "The model that the coach asks, as litellm names it. Without one there is the built-in coach alone.",
        example="openai/gpt-4o-mini",
        secret=True,
        may_be_empty=True,
    )
    llm_fallback_models: values.ModelNames = variable(
        "The models that are asked in its place when it fails, by comma, in this order.",
        example="anthropic/claude-haiku-4-5,ollama_chat/llama3.1",
        secret=True,
        may_be_empty=True,
    )
    llm_api_base: values.HttpAddress = variable(
        "The address of an OpenAI-compatible server (vLLM, llama.cpp, Ollama) for LLM_MODEL and its like.",
        example="http://127.0.0.1:11434",
        secret=True,
        may_be_empty=True,
    )
    llm_api_key: values.Printable = variable(
        "The key for LLM_MODEL's provider. Fallbacks of other providers take litellm's own variables.",
        example="the-key-that-the-provider-gave-you",
        secret=True,
        may_be_empty=True,
    )
    llm_connect_seconds: values.Seconds = variable(
        "How long a connection to the model's server may take.", example="5", default="5"
    )
    llm_first_token_seconds: values.Seconds = variable(
        "How long the model may think before its first word, and stand still between two.",
        example="30",
        default="30",
    )
    llm_timeout_seconds: values.Seconds = variable(
        "How long a whole answer of the model may take.", example="120", default="120"
    )
    llm_daily_budget_usd: values.Amount = variable(
        "What all calls to models may cost in a day (UTC), in US dollars. No call is made that may pass it.",
        example="5.00",
        default="5.00",
    )
    debug_mode: values.Switch = variable(
        "true keeps prompts and answers of models, word for word, for the debug page. They hold the memos.",
        example="true",
        default="false",
    )
