"""What a model is told: messages, the delimiters around the memo, their budget, the schema of the answer."""
