"""What the stack takes on the server: sizes of images, memory of services, time to the first answer."""

from __future__ import annotations

import json

from tests.rehearsal import stack
from tests.rehearsal.commands import require
from tests.rehearsal.server import Server

MEGABYTE = 1_000_000
FIRST_ANSWER = """
import json, subprocess, sys, time
from urllib.request import Request, urlopen

def docker(*words):
    return subprocess.run(["docker", *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

name = sys.argv[1]
begun = time.monotonic()
docker("stop", name)
stopped = time.monotonic()
code = docker("inspect", "--format", "{{.State.ExitCode}}", name)
docker("start", name)
started = time.monotonic()
networks = json.loads(docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", name))
address = next(each["IPAddress"] for each in networks.values())
# As the container's own healthcheck asks: other names than the site's are refused.
question = Request(f"http://{address}:3000/health/live", headers={"Host": "127.0.0.1:3000"})
while True:
    try:
        urlopen(question, timeout=1)
        break
    except OSError:
        if time.monotonic() > started + 60:
            raise
        time.sleep(0.02)
print(json.dumps({"stop": stopped - begun, "code": code, "answer": time.monotonic() - started}))
"""
"""Run on the server, so that no round trip of ours is measured."""


def measure(server: Server, version: str) -> str:
    """Stop and start the application; give what was measured, in one line.

    Raises:
        RehearsalError: the application did not end in order, or did not come back.
    """
    name = server.run(*stack.COMPOSE, "ps", "--quiet", "app", name="figures").strip()
    said = server.run("python3", "-", name, stdin=FIRST_ANSWER, seconds=180, name="figures")
    times = json.loads(said)
    require(times["code"] == "0", f"The application ended with {times['code']} when it was stopped.")
    stack.wait_until_healthy(server)
    sizes = [
        f"{image} {_size(server, f'{image}:{version}')} MB" for image in ("memo-coach", "memo-coach-backup")
    ]
    return (
        f"images: {', '.join(sizes)}; stopped in {times['stop']:.1f} s, first answer {times['answer']:.1f} s "
        f"after the start; memory: {_memory(server)}"
    )


def _size(server: Server, image: str) -> int:
    said = server.run("docker", "image", "inspect", "--format", "{{.Size}}", image, name="figures")
    return round(int(said) / MEGABYTE)


def _memory(server: Server) -> str:
    said = server.run("docker", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", name="figures")
    lines = (line.split() for line in said.splitlines() if line.strip())
    return ", ".join(
        f"{name.removeprefix('memo-coach-').removesuffix('-1')} {used}" for name, used, *_ in lines
    )
