"""The demonstration: the web server and the mail worker, side by side."""

import http.client
import json
import subprocess
import time
import urllib.request

from devtools.checkout import Checkout, read
from devtools.processes import Problem, Terminated, start, stop

START_LIMIT = 60.0  # seconds the server has to give its first answer
APPLICATION = "registry.app:serve"
WORKER = ["-m", "flask", "--app", "registry", "worker"]
SERVER = ["-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--workers", "1"]
SERVER += ["--blocking-threads", "4", "--log-level", "warning"]


def base_url(host: str, port: int) -> str:
    """The address that people open; a wildcard address is shown as this machine's own."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def healthy(url: str) -> bool:
    """Whether the server says that it is well; asked directly, whatever proxy the environment names."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def announcement(checkout: Checkout, url: str) -> str:
    """Where to go, who to be, where the mail is."""
    lines = [f"Registry             {url}/   (every laboratory in it is invented)"]
    if account := read(checkout.instance / "staff_account.json"):
        staff = json.loads(account)
        lines += [f"Staff                {url}/staff   {staff['email']}   password {staff['password']}"]
    lines += [f"Demonstration mail   {url}/dev/mail", "Ctrl-C stops it."]
    return "\n".join(["", *lines])


def serve(checkout: Checkout, host: str, port: int) -> None:
    """Run both until asked to stop; a Problem when either ends by itself, and then neither is left."""
    url = checkout.environ["REGISTRY_BASE_URL"]
    server = [*SERVER, "--host", host, "--port", str(port), APPLICATION]
    children: dict[str, subprocess.Popen[bytes]] = {}
    limit = time.monotonic() + START_LIMIT
    told = False
    try:
        children["server"] = start([checkout.python, *server], checkout.root, checkout.environ)
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    code = child.returncode
                    raise Problem(f"The {name} ended by itself (exit code {code}), so everything was stopped.")
            if not told and healthy(url):
                told = True
                # Only now, so that it takes no time from the first page.
                children["mail worker"] = start([checkout.python, *WORKER], checkout.root, checkout.environ)
                print(announcement(checkout, url), flush=True)
            if not told and time.monotonic() > limit:
                raise Problem(f"The server gave no answer at {url}/healthz in {START_LIMIT:.0f} seconds.")
            time.sleep(0.5 if told else 0.05)
    except (KeyboardInterrupt, Terminated):
        print("\nStopped.", flush=True)
    finally:
        stop(children.values())
