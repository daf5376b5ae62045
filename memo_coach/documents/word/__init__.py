"""A memo as a Word document: its Markdown read, and written in a process of its own."""
