"""What a model says, from its characters to checked parts of an evaluation."""
