"""Documents as files: reading what was handed in as one. It knows the domain's text, and no service."""
