"""Documents: what is read from files that people bring, and what is written for them to take along."""
