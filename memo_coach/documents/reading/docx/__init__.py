"""Word files: the archive is looked at first, mammoth reads it, and its HTML becomes Markdown."""
