"""The Model Context Protocol: what a program that a person talks to may do here, over HTTP or as a process.

The tools ask the same services as the API, with the same rights and limits. Loaded when it is asked for.
"""
