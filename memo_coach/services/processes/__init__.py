"""What the processes of an installation tell each other, and which of them does what one alone does."""
