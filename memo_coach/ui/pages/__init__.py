"""One module a page: the bundle splits by module."""
