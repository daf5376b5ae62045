"""Documents as files: what people hand in is read, and what they take along is written."""
