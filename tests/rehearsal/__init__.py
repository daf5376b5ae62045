"""The rehearsal of production: everything from the cloud to a restored backup, walked on one machine."""
