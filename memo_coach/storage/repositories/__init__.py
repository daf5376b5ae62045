"""What is kept, read and written for its owner: every method takes the owner, but those of the queue."""
