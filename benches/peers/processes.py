"""A command → how long it took, what it printed, how much memory of its own it had."""

import resource
import subprocess
import sys
import threading
import time

# How often memory is looked at.
SECONDS_BETWEEN_LOOKS = 0.01


def timed(command):
    """Seconds on the wall and of all processors, and what was printed."""
    return watched(command, look=lambda pid: None)[:3]


def watched(command, look=None):
    """The same, and the most bytes of its own memory: anonymous pages, not those of mapped files. None where nobody can
    say. tollbook ends with 3 where lines are bad."""
    look = look or anonymous_bytes
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(word) for word in command]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = Peak(child.pid, look)
    printed, complaints = child.communicate()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    peak.stop()
    if child.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)}\nended with {child.returncode}\n{complaints}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, printed, peak.bytes


class Peak:
    """Looks at a process from time to time until it is told to stop, or there is nothing to see."""

    def __init__(self, pid, look):
        self.bytes, self.ended = None, threading.Event()
        self.thread = threading.Thread(target=self.watch, args=(pid, look))
        self.thread.start()

    def watch(self, pid, look):
        while not self.ended.is_set() and (found := look(pid)) is not None:
            self.bytes = max(self.bytes or 0, found)
            self.ended.wait(SECONDS_BETWEEN_LOOKS)

    def stop(self):
        self.ended.set()
        self.thread.join()


def anonymous_bytes(pid):
    """Linux: what a process has in memory that is no file's. A shared, unnamed mapping counts."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            fields = dict(line.split(":", 1) for line in status)
        return sum(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssShmem"))
    except (OSError, KeyError):
        return None
