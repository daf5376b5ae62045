"""The documents by which an operator shapes how a model is asked: prompts, frameworks, context, limits."""
