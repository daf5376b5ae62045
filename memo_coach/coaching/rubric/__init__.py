"""What a memo is judged on: the model of a rubric, its reader, and those that come with the product."""
