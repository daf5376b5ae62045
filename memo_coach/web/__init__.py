"""What surrounds every request: sessions, headers, origins, limits, events, plain routes, serving."""
