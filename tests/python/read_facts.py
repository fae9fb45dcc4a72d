"""Reads a usage folder with DuckDB and with pandas, and checks that both see the same exact sums.

    read_facts.py USAGE_FOLDER [EXPECTED]

EXPECTED is JSON with any of the keys that are printed, for example {"rows": 2, "units": 122, "cost": "0.0204"}.
Amounts are text and compared as exact decimals. Needs the packages duckdb, pandas and pyarrow.
Exit code 0: all agree. Otherwise the first disagreement is printed.
"""

import decimal
import json
import pathlib
import re
import sys

import duckdb
import pandas
import pyarrow
import pyarrow.parquet

decimal.getcontext().prec = 60

FACTS_TYPES = {
    "row": "INTEGER",
    "line": "BIGINT",
    "record_id": "VARCHAR",
    "started_at": "TIMESTAMP",
    "started_utc": "TIMESTAMP WITH TIME ZONE",
    "units": "BIGINT",
    "cost": "DECIMAL(18,8)",
    "file_sell": "DECIMAL(18,8)",
    "mobile_origin": "BOOLEAN",
    "record_key": "BIGINT",
    "content": "BIGINT",
}
BILLED_TYPES = {
    "import": "BIGINT",
    "row": "INTEGER",
    "invoice": "VARCHAR",
    "cost": "DECIMAL(18,8)",
    "sell": "DECIMAL(18,6)",
    "charge": "DECIMAL(18,6)",
}


def files_in(folder, pattern):
    return sorted(path for path in folder.iterdir() if re.fullmatch(pattern, path.name)) if folder.is_dir() else []


def agree(what, one, other):
    if one != other:
        sys.exit(f"{what}: {one} is not {other}")


def exact(amounts):
    return sum((decimal.Decimal(amount) for amount in amounts if amount is not None), decimal.Decimal(0))


def duckdb_totals(path, amounts):
    sums = "".join(f", coalesce(sum({name}), 0)" for name in amounts)
    rows, units, *totals = duckdb.execute(
        f"select count(*), coalesce(sum(units), 0){sums} from read_parquet(?)", [str(path)]
    ).fetchone()
    return {"rows": rows, "units": int(units)} | {name: exact([total]) for name, total in zip(amounts, totals)}


def pandas_totals(path, amounts):
    frame = pandas.read_parquet(path, columns=["units", *amounts])
    totals = {"rows": len(frame), "units": sum(int(units) for units in frame["units"])}
    return totals | {name: exact(frame[name]) for name in amounts}


def check_types(path, expected):
    described = duckdb.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
    types = {name: kind for name, kind, *_ in described}
    agree(f"{path.name}: types", {name: types.get(name) for name in expected}, expected)


def check_facts(path):
    check_types(path, FACTS_TYPES)
    table = pyarrow.parquet.read_table(path)
    agree(f"{path.name}: type of started_utc", table.schema.field("started_utc").type, pyarrow.timestamp("ms", "UTC"))
    agree(f"{path.name}: type of started_at", table.schema.field("started_at").type, pyarrow.timestamp("ms"))
    agree(f"{path.name}: rows are numbered", table["row"].to_pylist(), list(range(table.num_rows)))
    metadata = pyarrow.parquet.read_metadata(path).metadata
    agree(f"{path.name}: its name inside", metadata[b"tollbook.name"].decode(), path.name)
    for name in ("supplier", "source_file", "source_sha256", "zone", "currency"):
        if f"tollbook.{name}".encode() not in metadata:
            sys.exit(f"{path.name}: no tollbook.{name} in its metadata")


def add_up(paths, amounts, check):
    totals = {"rows": 0, "units": 0} | {name: decimal.Decimal(0) for name in amounts}
    for path in paths:
        check(path)
        seen = duckdb_totals(path, amounts)
        agree(f"{path.name}: DuckDB and pandas", seen, pandas_totals(path, amounts))
        totals = {name: totals[name] + seen[name] for name in totals}
    return totals


def check_billed_facts(billed, folder):
    """Every billed row is a row of its import, with the same units, and is in a run once."""
    for path in billed:
        for (number,) in duckdb.execute('select distinct "import" from read_parquet(?)', [str(path)]).fetchall():
            facts = folder / f"import-{number:06}.parquet"
            lost = duckdb.execute(
                'select count(*) from read_parquet(?) billed left join read_parquet(?) facts on billed."row" = facts."row"'
                ' where billed."import" = ? and billed.units is distinct from facts.units',
                [str(path), str(facts), number],
            ).fetchone()[0]
            agree(f"{path.name}: rows that are not in {facts.name}", lost, 0)
        twice = duckdb.execute(
            'select count(*) - count(distinct ("import", "row")) from read_parquet(?)', [str(path)]
        ).fetchone()[0]
        agree(f"{path.name}: rows billed twice in one run", twice, 0)


def main():
    folder = pathlib.Path(sys.argv[1])
    facts = files_in(folder, r"import-\d{6,}\.parquet")
    marks = files_in(folder, r"import-\d{6,}\.marks\.parquet")
    billed = files_in(folder / "billed", r"run-\d{6,}\.parquet")
    totals = add_up(facts, ["cost"], check_facts)
    totals["marks"] = sum(len(pandas.read_parquet(path)) for path in marks)
    of_invoices = add_up(billed, ["sell", "charge"], lambda path: check_types(path, BILLED_TYPES))
    totals |= {f"billed_{name}": total for name, total in of_invoices.items()}
    check_billed_facts(billed, folder)
    expected = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    for name, value in expected.items():
        agree(name, decimal.Decimal(totals[name]), decimal.Decimal(str(value)))
    print(json.dumps(totals, default=lambda amount: f"{amount:f}"))


if __name__ == "__main__":
    main()
