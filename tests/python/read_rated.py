"""Reads rated records with DuckDB and with pandas, in all three forms, and checks that all see the same exact sums.

    read_rated.py FILE.parquet FILE.csv FILE.json EXPECTED

EXPECTED is JSON with the keys rows, units, cost and sell, for example {"rows": 2, "units": "122", "cost": "0.0204",
"sell": "0.05"}. Amounts are text and compared as exact decimals. Needs the packages duckdb, pandas and pyarrow.
Exit code 0: all agree. Otherwise the first disagreement is printed.
"""

import decimal
import json
import sys

import duckdb
import pandas

decimal.getcontext().prec = 60

TYPES = {
    "record": "VARCHAR",
    "line": "BIGINT",
    "started_at": "TIMESTAMP",
    "units": "BIGINT",
    "cost": "DECIMAL(18,8)",
    "connection": "DECIMAL(18,8)",
    "usage": "DECIMAL(18,8)",
    "sell": "DECIMAL(18,6)",
    "disposition": "VARCHAR",
    "call_id": "VARCHAR",
}


def agree(what, one, other):
    if one != other:
        sys.exit(f"{what}: {one} is not {other}")


def exact(values):
    return sum((decimal.Decimal(str(value)) for value in values if value is not None and value == value), decimal.Decimal(0))


def totals(rows, units, cost, sell):
    return {"rows": rows, "units": exact(units), "cost": exact(cost), "sell": exact(sell)}


def by_duckdb(source, path):
    amounts = "count(*), sum(units::hugeint), sum(cost::decimal(30, 8)), sum(sell::decimal(30, 6))"
    rows, *sums = duckdb.execute(f"select {amounts} from {source}", [path]).fetchone()
    return totals(rows, *([value] for value in sums))


def by_pandas(frame):
    frame = frame.astype(object).where(frame.notna(), None)
    return totals(len(frame), frame["units"], frame["cost"], frame["sell"])


def main():
    parquet, csv, lines, expected = sys.argv[1:]
    expected = {name: decimal.Decimal(str(value)) for name, value in json.loads(expected).items()}
    described = duckdb.execute("describe select * from read_parquet(?)", [parquet]).fetchall()
    types = {name: kind for name, kind, *_ in described}
    agree("types", {name: types.get(name) for name in TYPES}, TYPES)
    found = {
        "DuckDB, Parquet": by_duckdb("read_parquet(?)", parquet),
        "DuckDB, CSV": by_duckdb("read_csv(?, all_varchar = true)", csv),
        "DuckDB, JSON": by_duckdb("read_json(?, format = 'newline_delimited')", lines),
        "pandas, Parquet": by_pandas(pandas.read_parquet(parquet)),
        "pandas, CSV": by_pandas(pandas.read_csv(csv, dtype=str)),
        "pandas, JSON": by_pandas(pandas.read_json(lines, lines=True, dtype=False)),
    }
    for name, sums in found.items():
        agree(name, sums, expected)
    print(json.dumps(expected, default=lambda amount: f"{amount:f}"))


if __name__ == "__main__":
    main()
