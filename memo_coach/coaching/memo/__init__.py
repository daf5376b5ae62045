"""One text: what stands in it and where, whatever form it was handed in."""
