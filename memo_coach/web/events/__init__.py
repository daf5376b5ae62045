"""The events that pages send over a socket: which are let in, with what, how many, and in which order."""
