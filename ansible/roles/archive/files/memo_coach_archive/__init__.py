"""The database's archive on a server: base backups, recovery to a moment, the weekly drill.

It runs on the server itself, with Debian's Python and nothing else, and asks Compose for all that it does.
"""
