"""Train the small model with which the built-in coach finds what a reader looks for: see README.md."""
