"""How much a process works on at once, and the seconds that govern its work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How many evaluations run at once in a process, and the seconds that govern leases."""

    at_once: int = 2
    """The built-in coach computes, and two keep a small machine busy."""
    long_at_once: int = 4
    """Long texts beside those: they are read in processes of their own, which have a queue of their own."""
    beside: int = 10
    """So many more, of short memos, may wait for the process beside, which computes one after the other."""
    asking_at_once: int = 200
    """A coach that asks a model waits for it most of the time."""
    lease: float = 6.0
    heartbeat: float = 2.0
    look: float = 1.0
    """How often the queue is looked at without being told while other processes are at work on it."""
    idle_look: float = 20.0
    """The same while nobody is."""
    longest: float = 300.0
    """After this a coach counts as hung."""
    longest_asking: float = 900.0
    """The same for one that asks a model: there are retries, other models, and a repair."""
    drain: float = 3.0
    """How long a closing process lets running evaluations finish before it gives them back."""
