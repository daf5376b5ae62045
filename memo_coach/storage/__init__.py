"""Where things are kept: tables, their migrations, and repositories whose every method takes an owner."""
