"""What a writer writes: drafts, the list of memos, and what a text goes through before it is kept."""
