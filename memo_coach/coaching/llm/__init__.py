"""The coach that asks a language model: prompts, reading of its answers, and what keeps it honest."""
