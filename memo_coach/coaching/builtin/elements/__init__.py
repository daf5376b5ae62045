"""What a demanding reader looks for in a memo, found by a small trained model: see :mod:`.reading`."""
