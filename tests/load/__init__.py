"""Load by people at work: real sockets, real HTTP, a real server and database; what was kept is looked at."""
