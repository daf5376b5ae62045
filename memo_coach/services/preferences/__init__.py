"""What a writer starts with where they choose nothing."""
