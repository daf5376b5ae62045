"""What looks after an installation: debugging, self-tests, upkeep."""
