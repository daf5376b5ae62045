"""One small state a page: what is on the screen, rebuilt from the services at each visit."""
