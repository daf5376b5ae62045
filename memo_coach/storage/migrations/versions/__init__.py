"""One module a step. Names start with ``v`` and a number, so that they are modules and sort."""
