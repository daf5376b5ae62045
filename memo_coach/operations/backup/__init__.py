"""Backup and restore: both databases and the files beside them, encrypted, into any repository of restic.

A run leaves up to three snapshots with one tag ``run=…``: ``kind=database``, ``kind=installation`` where
there are files to keep, and last of all ``kind=manifest``, which names the others and says what the database
held. A run without its manifest was not finished, and nothing restores it.
"""
