"""How much one writer may have at once: far more than a person needs, and an end to what is none."""

from __future__ import annotations

MOST_MEMOS = 200
"""Memos of one owner, each with any number of versions."""
MOST_UNFINISHED = 5
"""Evaluations of one owner that are queued or running."""
MOST_UNFINISHED_OF_ADDRESS = 500
"""The same of one address, behind which many writers may be: a hundred of them as many as each may have."""
MOST_EVALUATIONS = 2_000
"""Evaluations of one owner that are kept; so there are no more versions either."""
MOST_MARKS = 5_000
"""Remarks of one owner that are marked: every remark on a hundred memos."""
MOST_MUTED = 200
"""Kinds of remark that one owner has muted: more than there are."""
MOST_GLOSSARY_WORDS = 500
"""Words in the glossary of one owner."""
MOST_SHARE_LINKS = 10
"""Links that lead to one evaluation at a time."""
MOST_READER_REMARKS = 200
"""Remarks of readers on one evaluation, by all links together."""
MOST_ACCESS_TOKENS = 20
"""Tokens of one owner that have not expired."""
MOST_WEBHOOKS = 5
"""Addresses of one owner that are told of evaluations."""
MOST_IDEMPOTENCY_KEYS = 1_000
"""Requests of one owner in a day that may be repeated without being done again."""
