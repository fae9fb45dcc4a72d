#!/usr/bin/env -S python3 -B
"""tollbook beside DuckDB and Polars: the same file, the same book, the same totals, in turns.

    run.py WORKLOAD --tollbook target/release/tollbook [--threads 2] [--repeat 3] [--python VENV/bin/python] [--json]

WORKLOAD is a folder that `tollbook bench generate` made. Every program is a process of its own, timed from its start to
its end; the least of all repeats counts. The peers get the book as ready-made look-up tables, made before any clock
runs; tollbook reads and compiles the book within its time. Ends with an error if any total differs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import timed

HERE = Path(__file__).resolve().parent
NUMBERING = HERE.parent.parent / "config" / "numbering"
PEERS = {"DuckDB": "duck.py", "Polars": "pola.py"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", type=Path)
    parser.add_argument("--tollbook", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--python", default=sys.executable, help="a Python that has duckdb and polars")
    parser.add_argument("--dir", type=Path, help="where rated records go, and are removed; a temporary folder unless given")
    parser.add_argument("--only", default="", help="rows whose name holds one of these words, with commas between")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def tollbooks(printed):
    """The totals of `rate --json` as the peers state them: whole numbers, by reason."""
    totals = {}
    for part in json.loads(printed)["totals"]["out"]:
        of = totals.setdefault(part["reason"] or part["disposition"], dict(records=0, units=0, cost=0, sell=0))
        of["records"] += part["records"]
        for name, places in (("units", 0), ("cost", 8), ("sell", 4)):
            of[name] += scaled(str(part[name]), places)
    return totals


def scaled(text, places):
    whole, _, fraction = text.partition(".")
    assert not fraction[places:].strip("0"), f"{text} has more than {places} decimals"
    return int(whole + fraction[:places].ljust(places, "0"))


def check(name, found, expected, with_rejected):
    expected = {ended: of for ended, of in expected.items() if with_rejected or ended != "rejected"}
    for ended in sorted(set(found) | set(expected)):
        if found.get(ended) != expected.get(ended):
            sys.exit(f"{name}: {ended} differs\n  found    {found.get(ended)}\n  tollbook {expected.get(ended)}")


def commands(options, note, scratch, facts):
    usage, out = options.workload / note["usage"], scratch / "rated.parquet"
    rate = [options.tollbook, "rate", usage, "--supplier", note["supplier"], "--book", options.workload / note["book"],
            "--threads", str(options.threads), "--json", "--quiet"]
    peer = lambda script: [options.python, "-B", HERE / script, usage, scratch / "tables", json.dumps(facts), str(options.threads)]
    rows = [("wc -l", ["wc", "-l", usage]), ("copy: cat", ["sh", "-c", 'cat "$1" > /dev/null', "sh", usage]),
            ("tollbook, totals", rate)]
    rows += [(f"{name}, totals", peer(script)) for name, script in PEERS.items()]
    rows += [("tollbook, to Parquet", rate + ["--out", out])]
    rows += [(f"{name}, to Parquet", peer(script) + [out]) for name, script in PEERS.items()]
    words = [word for word in options.only.split(",") if word]
    return [row for row in rows if not words or any(word in row[0] for word in words)], out


def main():
    options = arguments()
    options.tollbook = options.tollbook.resolve()
    note = json.loads((options.workload / "workload.json").read_text())
    with tempfile.TemporaryDirectory(dir=options.dir) as scratch:
        scratch = Path(scratch)
        prepared = subprocess.run(
            [options.python, "-B", "-c", "import sys, json, book; print(json.dumps(book.prepare(*sys.argv[1:])))",
             options.workload / note["book"], NUMBERING, scratch / "tables"],
            stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "PYTHONPATH": str(HERE)})
        facts = {**json.loads(prepared.stdout), "layout": note["layout"]}
        rows, out = commands(options, note, scratch, facts)
        best, versions = {}, peer_versions(options)
        # The file is in memory for everybody, and tollbook's totals are known before the others'.
        expected = tollbooks(timed(rate_once(options, note))[2])
        for _ in range(options.repeat):
            for name, command in rows:
                out.unlink(missing_ok=True)
                wall, cpu, printed = timed(command)
                if name.startswith("tollbook"):
                    check(name, tollbooks(printed), expected, True)
                elif "," in name:
                    check(name, json.loads(printed), expected, "totals" in name)
                if name not in best or wall < best[name][0]:
                    best[name] = (wall, cpu)
    show(options, note, best, versions, expected)


def rate_once(options, note):
    return [options.tollbook, "rate", options.workload / note["usage"], "--supplier", note["supplier"], "--book",
            options.workload / note["book"], "--json", "--quiet"]


def peer_versions(options):
    ask = "import duckdb, polars, platform; print(duckdb.__version__, polars.__version__, platform.python_version())"
    duckdb, polars, python = subprocess.run([options.python, "-c", ask], stdout=subprocess.PIPE, text=True,
                                            check=True).stdout.split()
    tollbook = subprocess.run([options.tollbook, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {"tollbook": tollbook.split()[-1], "DuckDB": duckdb, "Polars": polars, "Python": python}


def show(options, note, best, versions, expected):
    figures = []
    for name, (wall, cpu) in best.items():
        kind = name.partition(", ")[2]
        base = best.get(f"DuckDB, {kind}")
        figures.append({"name": name, "seconds": round(wall, 3), "cpu_seconds": round(cpu, 3),
                        "records_per_second": round(note["records"] / wall),
                        "times_duckdb": round(base[0] / wall, 2) if base else None})
    if options.json:
        print(json.dumps({"records": note["records"], "bytes": note["bytes"], "layout": note["layout"],
                          "threads": options.threads, "versions": versions, "figures": figures}, indent=2))
        return
    print(f"{note['records']:,} lines, {note['bytes']:,} bytes, {note['layout']}, {options.threads} threads, "
          f"least of {options.repeat}; " + ", ".join(f"{name} {found}" for name, found in versions.items()))
    print(f"totals equal: {sum(of['records'] for of in expected.values()):,} records, "
          f"sell {expected['rated']['sell'] / 10_000:,.4f}")
    print(f"{'':22} {'seconds':>9} {'CPU s':>9} {'records/s':>14} {'× DuckDB':>9}")
    for row in figures:
        times = f"{row['times_duckdb']:.2f}" if row["times_duckdb"] else ""
        print(f"{row['name']:22} {row['seconds']:9.3f} {row['cpu_seconds']:9.3f} {row['records_per_second']:14,} {times:>9}")


if __name__ == "__main__":
    main()
