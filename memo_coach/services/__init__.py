"""Use cases: what pages, API and command line may ask for. One composed :class:`Services` per process."""
