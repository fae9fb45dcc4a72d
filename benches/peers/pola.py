"""The workload in Polars: match, rate, sum; or match, rate, write the rated records to Parquet. The streaming engine.

    pola.py USAGE PREPARED FACTS THREADS [OUT.parquet]

Prints the totals as JSON. Amounts are whole numbers of 10^-8 pounds (cost) and 10^-4 pounds (sell) all the way.
"""

import json
import os
import sys

from names import BANDS, CLASSES, GENERIC, MOST_PREFIXES, MOST_TYPES


def scaled(pl, cost):
    """A decimal text with at most 8 places as a whole number of 10^-8; null if it is none."""
    parts = cost.str.splitn(".", 2)
    whole, fraction = parts.struct.field("field_0"), parts.struct.field("field_1").fill_null("")
    return (whole + fraction.str.pad_end(8, "0")).cast(pl.Int64, strict=False)


def source(pl, usage, layout):
    col, text = pl.col, pl.String
    if layout == "generic":
        scan = pl.scan_csv(usage, empty_string_is_null=False, schema={name: text for name in GENERIC})
        units = pl.when(col("kind") == "voice").then(col("duration")).when(col("kind") == "sms").then(col("quantity"))
        return scan.select(
            "record_id", "kind", "cli", "other_party", is_inbound=col("direction") == "in",
            started=col("started_at").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
            units=units.otherwise(col("bytes")).cast(pl.Int64, strict=False), cost=scaled(pl, col("cost")),
            charge_band=pl.lit(""), band_code=pl.lit(""))
    scan = pl.scan_csv(usage, has_header=False, skip_lines=1, empty_string_is_null=False,
                       schema={f"c{number}": text for number in range(1, 43)})
    kind = pl.when(col("c1") == "V").then(pl.lit("voice")).when(col("c1") == "S").then(pl.lit("sms"))
    units = pl.when(col("c1") == "V").then(col("c7")).when(col("c1") == "S").then(pl.lit("1")).otherwise(col("c35"))
    return scan.select(
        record_id="c29", kind=kind.otherwise(pl.lit("data")), cli="c3", other_party="c4", is_inbound=col("c18") == "INBOUND",
        started=(col("c5") + " " + col("c6")).str.to_datetime("%d/%m/%Y %H:%M:%S", strict=False),
        units=units.cast(pl.Int64, strict=False), cost=scaled(pl, col("c13")), charge_band="c11", band_code="c12")


def marked(pl, name):
    """A number in full (M1) after the mark 1, a short one after 3."""
    col = pl.col(name)
    begins = lambda start: col.str.starts_with(start)
    return (pl.when(begins("+")).then("1" + col.str.slice(1)).when(begins("00")).then("1" + col.str.slice(2))
            .when(begins("0")).then("144" + col.str.slice(1))
            .when(begins("44") & col.str.len_bytes().is_in([11, 12])).then("1" + col).otherwise("3" + col))


def by_class(pl, what, classes):
    found = pl.lit(None, dtype=pl.Int64)
    for name in classes:
        found = pl.when(pl.col("class") == CLASSES.index(name)).then(pl.col(f"{what}_{name}")).otherwise(found)
    return found.cast(pl.Int64)


def priced(pl, usage, prepared, facts):
    """One row for each line of the file, with where it ended and what it costs."""
    col, lit, when = pl.col, pl.lit, pl.when
    table = lambda name: pl.scan_parquet(f"{prepared}/{name}.parquet")
    longest = max(facts["lengths"])
    breaks = [(col("started") >= lit(found).str.to_datetime("%Y-%m-%d")).cast(pl.Int64) for found in facts["breaks"]]
    hour, weekday = col("started").dt.hour(), col("started").dt.weekday()
    by_clock = when(weekday > 5).then(2).when(hour.is_between(7, 18)).then(0).otherwise(1)
    code = col("band_code")
    band = when(code == "1").then(0).when(code == "2").then(1).when(code == "3").then(2).otherwise(by_clock)
    rows = source(pl, usage, facts["layout"]).with_columns(key=marked(pl, "cli"), other=marked(pl, "other_party"))
    rows = rows.with_columns(
        head=when("is_inbound").then("2" + col("key").str.slice(1)).otherwise("other").str.slice(0, longest),
        key=col("key").cast(pl.Int64, strict=False), day=col("started").dt.date(), band=band.cast(pl.Int64),
        period=pl.sum_horizontal(breaks).cast(pl.Int64) if breaks else lit(0, dtype=pl.Int64),
        is_rejected=col("started").is_null() | col("units").is_null() | (col("units") < 0) | col("cost").is_null())

    # The longest beginnings first, then the table of all short ones.
    stems, head = table("stems").collect(), facts["head"]
    rows = rows.with_columns(begins=col("head").str.pad_end(head, "x").str.slice(0, head)).join(
        table("heads").rename({"head": "begins", "prefix": "prefix_0", "call_type": "type_0"}), on="begins", how="left")
    for length in facts["lengths"]:
        of_length = stems.filter(col("length") == length).select(
            col("stem").alias("begins"), col("prefix").alias(f"prefix_{length}"), col("call_type").alias(f"type_{length}"))
        rows = rows.with_columns(begins=col("head").str.slice(0, length)).join(of_length.lazy(), on="begins", how="left")
    lengths = sorted([0] + facts["lengths"], reverse=True)
    rows = rows.with_columns(prefix=pl.coalesce(f"prefix_{n}" for n in lengths).cast(pl.Int64),
                             by_number=pl.coalesce(f"type_{n}" for n in lengths))
    rows = rows.join(table("charge_bands").rename({"band": "charge_band", "call_type": "by_band"}), on="charge_band", how="left")
    rows = rows.with_columns(
        call_type=when(col("charge_band") != "").then("by_band").when(col("kind") == "sms").then(facts["fallback_sms"])
        .when(col("kind") == "data").then(facts["fallback_data"]).otherwise("by_number").cast(pl.Int32))

    # Each number has a first, a second, a third holding in time: the one that the day is in.
    lines = table("lines").with_columns(key=("1" + col("number").str.slice(1)).cast(pl.Int64)).collect()
    lines = lines.with_row_index("line").with_columns(col("line").cast(pl.Int64))
    spans = lines.sort("key", "from").group_by("key", maintain_order=True).agg("line", "to")
    most = spans["line"].list.len().max()
    spans = spans.select("key", *[col("line").list.get(n, null_on_oob=True).alias(f"line_{n}") for n in range(most)],
                         *[col("to").list.get(n, null_on_oob=True).alias(f"to_{n}") for n in range(most)])
    which = col(f"line_{most - 1}")
    for n in reversed(range(most - 1)):
        which = when(col("day") <= col(f"to_{n}")).then(col(f"line_{n}")).otherwise(which)
    rows = rows.join(spans.lazy(), on="key", how="left").with_columns(line=which)
    rows = rows.drop([f"{what}_{n}" for what in ("line", "to") for n in range(most)])
    rows = rows.join(lines.drop("key", "from", "to").lazy(), on="line", how="left")
    rows = rows.join(table("types").rename({"code": "call_type_code"}), on="call_type", how="left")
    rows = rows.with_columns(tariff=by_class(pl, "tariff", facts["tariff"]), markup=by_class(pl, "markup", facts["markup"]))
    rows = rows.drop([f"{what}_{name}" for what in ("tariff", "markup") for name in facts[what]])

    tariffs = table("tariffs").with_columns(col("tariff", "chain").cast(pl.Int64)).rename({"code": "tariff_code"})
    rows = rows.join(tariffs, on="tariff", how="left")
    slot = lambda key: (key * len(BANDS) + col("band")) * (len(facts["breaks"]) + 1) + col("period")
    for name, key in [("own", col("tariff") * MOST_PREFIXES + col("prefix")),
                      ("base", col("chain") * MOST_PREFIXES + col("prefix")),
                      ("by_type", col("tariff") * MOST_TYPES + col("call_type"))]:
        rows = rows.with_columns(slot=slot(key)).join(
            table(name).rename({"key": "slot", "rate_row": name}), on="slot", how="left")
    rows = rows.with_columns(rate_row=pl.coalesce("own", "base", "by_type"))
    rates = table("rates").with_columns(col("rate_row").cast(pl.Int32)).rename({"name": "rate_name"})
    rows = rows.join(rates, on="rate_row", how="left")

    has_row, markup = col("rate").is_not_null(), pl.coalesce("markup", "fallback").cast(pl.Int64)
    ended = (when("is_rejected").then(lit("rejected")).when(col("is_held").is_null()).then(lit("unknown CLI"))
             .when(~col("is_held")).then(lit("CLI not billable on date"))
             .when(col("call_type").is_null()).then(lit("unknown call type"))
             .when("is_excluded").then(lit("call type excluded"))
             .when(~has_row & markup.is_null()).then(lit("no rate")).otherwise(lit("rated")))
    beyond = pl.max_horizontal(col("units") - col("initial"), lit(0, dtype=pl.Int64))
    in_blocks = col("initial") + (beyond + col("increment") - 1) // col("increment") * col("increment")
    plain = has_row & ~col("is_markup")
    rows = rows.with_columns(
        ended=ended, billable=when((col("kind") == "sms") | (col("units") == 0)).then("units").otherwise(in_blocks),
        is_unanswered=(col("kind") == "voice") & (col("units") < col("min_seconds")),
        per=when(plain & (col("kind") == "voice")).then(60).when(plain & (col("kind") == "sms")).then(1)
        .otherwise(1_000_000).cast(pl.Int64))
    raw = (when(~has_row).then(col("cost") * (1_000_000 + markup))
           .when("is_markup").then(col("cost") * (1_000_000 + col("percent")))
           .otherwise(col("connection") * col("per") + col("rate") * col("billable")))
    low = pl.max_horizontal(raw, col("minimum") * col("per"))
    sum_ = pl.min_horizontal(low, col("maximum") * col("per"))
    sell = (2 * sum_ + col("per") * 10_000) // (2 * col("per") * 10_000)
    return rows.with_columns(sell=when(col("ended") == "rated").then(when("is_unanswered").then(0).otherwise(sell)))


def main(usage, prepared, facts, threads, out=None):
    # Before it is imported: it makes its threads once.
    os.environ["POLARS_MAX_THREADS"] = threads
    import polars as pl

    facts = json.loads(facts)
    rows, col = priced(pl, usage, prepared, facts), pl.col
    if out:
        shown = lambda name: pl.when(marked(pl, name).str.starts_with("1")).then(
            "+" + marked(pl, name).str.slice(1)).otherwise(name)
        in_words = {0: "daytime", 1: "evening", 2: "weekend"}
        rows.filter(~col("is_rejected")).select(
            record="record_id", file=pl.lit("usage"), supplier=pl.lit("carrier"), account="account",
            cli=pl.when("is_held").then("number"),
            direction=pl.when("is_inbound").then(pl.lit("in")).otherwise(pl.lit("out")), other_party=shown("other_party"),
            started_at="started", kind="kind", units="units", billable_units="billable", call_type="call_type_code",
            **{"class": col("class_name")}, time_band=col("band").replace_strict(in_words, return_dtype=pl.String),
            tariff="tariff_code", rate_row="rate_name", cost="cost", connection="connection", rate="rate", sell="sell",
            ended="ended",
        ).sink_parquet(out, compression="zstd", engine="streaming", maintain_order=False)
        rows = pl.scan_parquet(out).with_columns(is_rejected=False)
    counted = lambda name: pl.when("is_rejected").then(0).otherwise(name).sum().alias(name)
    found = rows.group_by("ended").agg(pl.len().alias("records"), counted("units"), counted("cost"), col("sell").sum())
    print(json.dumps({row["ended"]: {name: row[name] for name in ("records", "units", "cost", "sell")}
                      for row in found.collect(engine="streaming").to_dicts()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
