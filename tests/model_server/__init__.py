"""A real HTTP server that speaks OpenAI's chat protocol and misbehaves as the asked model's name says.

    with running_model_server() as server:
        LLM_MODEL="openai/fine" LLM_API_BASE=server.url LLM_API_KEY="test-key"

Its good answers are made from the request: real sentences of the memo, the criteria that the schema names.
"""

from tests.model_server.cases import CASES, Options
from tests.model_server.pace import Pace
from tests.model_server.protocol import Received
from tests.model_server.server import ModelServer, running_model_server
from tests.model_server.spoiling import Injection

__all__ = ["CASES", "Injection", "ModelServer", "Options", "Pace", "Received", "running_model_server"]
