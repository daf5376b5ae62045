"""Who is there, and how they are known again."""
