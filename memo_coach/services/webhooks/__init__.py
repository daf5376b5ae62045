"""Webhooks: addresses of an owner's that are told, signed, of each evaluation that has ended."""
