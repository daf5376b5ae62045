"""A quotation, and its place in the memo."""
