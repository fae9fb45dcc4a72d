"""A workload's book folder -> the look-up tables that the peers join with, as Parquet files.

What `tollbook` does when it compiles a book: whose a number is on which day, which call type a prefix means (C1), which
rate row a tariff gives for a prefix or a call type in a time band and a period (R1, R2). Done before any clock runs.
Refuses what the peers' queries do not know.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from names import BANDS, CLASSES, MOST_PREFIXES, MOST_TYPES

TIME_BANDS = [("daytime", "Mon-Fri", "07:00", "19:00"), ("evening", "Mon-Fri", "00:00", "07:00"),
              ("evening", "Mon-Fri", "19:00", "24:00"), ("weekend", "Sat,Sun", "00:00", "24:00")]
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
# Before a number's digits: outbound in full, inbound in full, outbound short.
OUT, IN, SHORT = "1", "2", "3"
# Beginnings of so many characters stand in one table with all that is shorter; longer ones are looked up by length.
HEAD = 6


def rows(path):
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scaled(text, places):
    """A decimal text as an integer, exactly."""
    if not text:
        return None
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, fraction = text.partition(".")
    assert len(fraction) <= places, text
    return sign * int(whole + fraction.ljust(places, "0"))


def day(text, otherwise):
    return date.fromisoformat(text) if text else otherwise


class Book:
    """The book in memory, and the numbers that keys are made of."""

    def __init__(self, folder, numbering):
        folder = Path(folder)
        self.table = {path.stem: rows(path) for path in folder.glob("*.csv")}
        self.refuse_unknown()
        types = rows(numbering / "call_types.csv") + self.table.get("call_types", [])
        self.types = {row["call_type"]: row for row in types}
        self.type_ids = {code: index for index, code in enumerate(self.types)}
        self.plan = rows(numbering / "prefixes.csv") + self.table.get("prefixes", [])
        self.tariffs = {row["tariff"]: index for index, row in enumerate(self.table["tariffs"])}
        self.parents = {row["tariff"]: row["parent"] for row in self.table["tariffs"]}
        self.rates = [self.rate(row) for row in self.table["rates"]]
        starts = {row["from"] for row in self.rates} | {row["to"] + timedelta(1) for row in self.rates if row["to"] < LAST}
        # Days on which some price changes; a period runs from one to the day before the next.
        self.breaks = sorted(starts - {FIRST})
        self.by_key = {}
        for index, row in enumerate(self.rates):
            self.by_key.setdefault((row["tariff"], row["match"]), []).append(index)

    def refuse_unknown(self):
        for name in ["time_bands"]:
            found = [(row["time_band"], row["days"], row["start"], row["end"]) for row in self.table[name]]
            assert sorted(found) == sorted(TIME_BANDS), "the queries know only the usual time bands"
        for row in self.table["tariffs"]:
            usual = ("major", "4", "half_up", "")
            assert (row["unit"], row["decimals"], row["rounding"], row["band_mode"]) == usual, row
        for name in ["allowances", "ignored", "exchange_rates", "holidays"]:
            assert not self.table.get(name), f"{name}.csv is not known to the queries"
        for row in self.table["rates"]:
            prices = [row.get(column) or "" for column in ("connection", "rate")]
            assert not any(price.startswith("-") for price in prices), row
            assert row["mode"] in ("", "markup") and not row["included_seconds"], row
            assert not any(row.get(column) for column in ("steps", "access_rate", "access_connection")), row
            assert not row["match"].startswith("band:"), row

    @staticmethod
    def rate(row):
        increment = int(row["increment"] or 1)
        band = f" {row['time_band']}" if row["time_band"] else ""
        start = f" from {row['from']}" if row["from"] else ""
        return {
            "tariff": row["tariff"], "match": row["match"], "band": row["time_band"],
            "from": day(row["from"], FIRST), "to": day(row["to"], LAST),
            "is_markup": row["mode"] == "markup", "percent": scaled(row["percent"], 4) or 0,
            "connection": scaled(row["connection"], 8) or 0, "rate": scaled(row["rate"], 8) or 0,
            "minimum": scaled(row["minimum"], 8), "maximum": scaled(row["maximum"], 8),
            "increment": increment, "initial": int(row["initial_increment"] or increment),
            "min_seconds": int(row["min_seconds"] or 1), "name": row["match"] + band + start,
        }

    def levels(self, tariff):
        """A tariff, its parent, the parent's parent."""
        found = []
        while tariff and len(found) < 3:
            found.append(tariff)
            tariff = self.parents[tariff]
        return found

    def periods(self):
        return [FIRST] + self.breaks

    def hit(self, levels, match, band, period):
        """The first row of R2 for one key."""
        on = self.periods()[period]
        for tariff in levels:
            of_key = self.by_key.get((tariff, match), ())
            for wanted in (band, ""):
                for index in of_key:
                    row = self.rates[index]
                    if row["band"] == wanted and row["from"] <= on <= row["to"]:
                        return index
        return None


def lines(book):
    """For each number, from the first day to the last: who holds it, or that nobody does; with the tariffs of R1."""
    defaults = {row["class"]: row["tariff"] for row in book.table.get("supplier_tariffs", [])}
    customers = {row["account"]: row for row in book.table["customers"]}
    columns = {name: [] for name in ["number", "from", "to", "is_held", "account", "fallback"]}
    columns |= {f"{what}_{name}": [] for what in ("tariff", "markup") for name in CLASSES}

    def add(number, first, last, line):
        customer = customers[line["account"]] if line else {}
        values = {"number": number, "from": first, "to": last, "is_held": line is not None,
                  "account": customer.get("account"), "fallback": scaled(customer.get("fallback_markup"), 4)}
        for name in CLASSES:
            tariff, markup = f"tariff_{name}", f"markup_{name}"
            found = line and (line.get(tariff) or customer.get(tariff) or defaults.get(name))
            values[tariff] = book.tariffs[found] if found else None
            values[markup] = scaled((line or {}).get(markup) or customer.get(markup), 4)
        for name, value in values.items():
            columns[name].append(value)

    by_number = {}
    for row in book.table["clis"]:
        by_number.setdefault(row["cli"], []).append(row)
    for number, held in by_number.items():
        held.sort(key=lambda row: day(row["from"], FIRST))
        free = FIRST
        for row in held:
            first, last = day(row["from"], FIRST), day(row["to"], LAST)
            if free < first:
                add(number, free, first - timedelta(1), None)
            add(number, first, last, row)
            free = last + timedelta(1)
        if free <= LAST:
            add(number, free, LAST, None)
    types = {name: pl.Int32 for name in columns if name.startswith(("tariff", "markup", "fallback"))}
    table = pl.DataFrame(columns, schema_overrides=types | {"account": pl.String})
    # What nobody has need not be joined.
    return table.drop([name for name in types if name != "fallback" and table[name].null_count() == table.height])


def marked(prefix, direction):
    return (OUT if direction == "out" else IN) + prefix[1:] if prefix.startswith("+") else SHORT + prefix


def stems_and_rates(book):
    """Beginnings of numbers -> call type and rate prefix; (tariffs, prefix, band, period) -> row; the same by call type."""
    plan = {marked(row["prefix"], row["direction"]): book.type_ids[row["call_type"]] for row in book.plan}
    priced = sorted({row["match"][7:] for row in book.rates if row["match"].startswith("prefix:")})
    assert len(priced) < MOST_PREFIXES and len(book.types) < MOST_TYPES
    ids = {prefix: index for index, prefix in enumerate(priced)}
    beginnings = set(plan) | {marked(prefix, direction) for prefix in priced for direction in ("out", "in")}

    def longest(key, among):
        return next((among[key[:length]] for length in range(len(key), 1, -1) if key[:length] in among), None)

    by_mark = {marked(prefix, direction): ids[prefix] for prefix in priced for direction in ("out", "in")}
    stems = pl.DataFrame(
        [(key, len(key), longest(key, plan), longest(key, by_mark)) for key in sorted(beginnings)],
        schema={"stem": pl.String, "length": pl.Int32, "call_type": pl.Int32, "prefix": pl.Int32}, orient="row")

    heads = pl.DataFrame(
        [(key, longest(key, plan), longest(key, by_mark)) for key in heads_of(beginnings)],
        schema={"head": pl.String, "call_type": pl.Int32, "prefix": pl.Int32}, orient="row")

    bands, periods = len(BANDS), len(book.periods())
    # The prefixes that are the beginning of each, longest first.
    shorter = {prefix: [prefix[:length] for length in range(len(prefix), 0, -1) if prefix[:length] in ids]
               for prefix in priced}
    chains = sorted({tuple(book.levels(tariff)[1:]) for tariff in book.tariffs})
    chain_ids = {chain: index for index, chain in enumerate(chains)}

    def resolve(levels, prefix, band, period):
        hits = (book.hit(levels, f"prefix:{one}", BANDS[band], period) for one in shorter[prefix])
        return next((found for found in hits if found is not None), None)

    base, own, by_type = [], [], []
    slots = [(band, period) for band in range(bands) for period in range(periods)]
    for chain in chains:
        for prefix in priced if chain else []:
            for band, period in slots:
                found = resolve(chain, prefix, band, period)
                if found is not None:
                    key = ((chain_ids[chain] * MOST_PREFIXES + ids[prefix]) * bands + band) * periods + period
                    base.append((key, found))
    for tariff, index in book.tariffs.items():
        levels = book.levels(tariff)
        has = {row["match"][7:] for row in book.rates if row["tariff"] == tariff and row["match"].startswith("prefix:")}
        for prefix in priced if has else []:
            if not any(one in has for one in shorter[prefix]):
                continue
            for band, period in slots:
                found = resolve(levels, prefix, band, period)
                if found is not None and book.rates[found]["tariff"] == tariff:
                    own.append((((index * MOST_PREFIXES + ids[prefix]) * bands + band) * periods + period, found))
        for code, type_id in book.type_ids.items():
            for band, period in slots:
                found = by_call_type(book, levels, code, BANDS[band], period)
                if found is not None:
                    by_type.append((((index * MOST_TYPES + type_id) * bands + band) * periods + period, found))
    tariffs = pl.DataFrame([(index, chain_ids[tuple(book.levels(tariff)[1:])], tariff)
                            for tariff, index in book.tariffs.items()],
                           schema={"tariff": pl.Int32, "chain": pl.Int32, "code": pl.String}, orient="row")
    keyed = {"key": pl.Int64, "rate_row": pl.Int32}
    tables = {name: pl.DataFrame(found, schema=keyed, orient="row")
              for name, found in (("base", base), ("own", own), ("by_type", by_type))}
    return {"stems": stems.filter(pl.col("length") > HEAD), "heads": heads, "tariffs": tariffs, **tables}


def heads_of(beginnings):
    """All first HEAD characters that a number with one of these beginnings may have. Short numbers end in x."""
    known, found = {key for key in beginnings if len(key) <= HEAD}, []

    def grow(key, is_known):
        is_known = is_known or key in known
        if len(key) == HEAD:
            found.extend([key] if is_known else [])
            return
        if is_known and key.startswith(SHORT):
            found.append(key.ljust(HEAD, "x"))
        for digit in "0123456789":
            grow(key + digit, is_known)

    for mark in (OUT, IN, SHORT):
        grow(mark, False)
    return found


def by_call_type(book, levels, code, band, period):
    """R2 after the prefixes: the call type, what it is rated as, the class."""
    keys, at = [], code
    while at and len(keys) < 9:
        keys.append(f"type:{at}")
        at = book.types[at]["fallback_rate_as"]
    keys.append(f"class:{book.types[code]['class']}")
    return next((found for key in keys if (found := book.hit(levels, key, band, period)) is not None), None)


def prepare(folder, numbering, out):
    """Writes the tables; returns what the queries need to know of them."""
    book = Book(folder, Path(numbering))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    tables = stems_and_rates(book)
    tables["lines"] = lines(book)
    rate_columns = ["is_markup", "percent", "connection", "rate", "minimum", "maximum", "initial", "increment",
                    "min_seconds", "name"]
    tables["rates"] = pl.DataFrame(
        [{"rate_row": index, **{name: row[name] for name in rate_columns}} for index, row in enumerate(book.rates)],
        infer_schema_length=None)
    supplier = book.table["suppliers"][0]
    tables["types"] = pl.DataFrame(
        [(index, code, book.types[code]["class"], CLASSES.index(book.types[code]["class"]),
          book.types[code]["exclude"] == "y") for code, index in book.type_ids.items()],
        schema={"call_type": pl.Int32, "code": pl.String, "class_name": pl.String, "class": pl.Int32,
                "is_excluded": pl.Boolean}, orient="row")
    tables["charge_bands"] = pl.DataFrame(
        [(row["band"], book.type_ids[row["call_type"]]) for row in book.table.get("charge_bands", [])],
        schema={"band": pl.String, "call_type": pl.Int32}, orient="row")
    for name, table in tables.items():
        table.write_parquet(out / f"{name}.parquet")
    lengths = sorted(set(tables["stems"]["length"]))
    of_class = lambda what: [name for name in CLASSES if f"{what}_{name}" in tables["lines"].columns]
    return {"tariff": of_class("tariff"), "markup": of_class("markup"),
            "head": HEAD, "breaks": [str(found) for found in book.breaks], "lengths": lengths,
            "fallback_sms": book.type_ids[supplier["fallback_sms"]],
            "fallback_data": book.type_ids[supplier["fallback_data"]]}
