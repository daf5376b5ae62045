"""The connection to the database, on SQLite and Postgres alike, and the state of its tables."""
