"""The coaches of this installation: the one with a model, and the built-in one in a thread or beside."""
