"""What one signs in with beside a password, or in its place: authenticator apps, passkeys, recovery codes."""
