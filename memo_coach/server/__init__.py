"""Building the pages, serving them, and doing both again while the program is being written."""
