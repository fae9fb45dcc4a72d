"""The workload in DuckDB's SQL: match, rate, sum; or match, rate, write the rated records to Parquet.

    duck.py USAGE PREPARED FACTS THREADS [OUT.parquet]

Prints the totals as JSON. Amounts are whole numbers of 10^-8 pounds (cost) and 10^-4 pounds (sell) all the way.
"""

import json
import sys

import duckdb

from names import BANDS, CLASSES, GENERIC, MOST_PREFIXES, MOST_TYPES


def generic_source(usage):
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in GENERIC)
    return f"""
    SELECT record_id, kind, direction = 'in' AS is_inbound, cli, other_party,
        TRY_CAST(started_at AS TIMESTAMP) AS started,
        TRY_CAST(CASE kind WHEN 'voice' THEN duration WHEN 'sms' THEN quantity ELSE bytes END AS BIGINT) AS units,
        CASE WHEN contains(cost, 'e') THEN NULL ELSE TRY_CAST(cost AS DECIMAL(18, 8)) END AS cost,
        NULL::VARCHAR AS charge_band, NULL::VARCHAR AS band_code
    FROM read_csv('{usage}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {{{columns}}})"""


def fcs_source(usage):
    names = [f"c{number}" for number in range(1, 43)]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return f"""
    SELECT c29 AS record_id, CASE c1 WHEN 'V' THEN 'voice' WHEN 'S' THEN 'sms' ELSE 'data' END AS kind,
        c18 = 'INBOUND' AS is_inbound, c3 AS cli, c4 AS other_party,
        TRY_CAST(concat(c5[7:10], '-', c5[4:5], '-', c5[1:2], ' ', c6) AS TIMESTAMP) AS started,
        CASE c1 WHEN 'S' THEN 1 ELSE TRY_CAST(CASE c1 WHEN 'V' THEN c7 ELSE c35 END AS BIGINT) END AS units,
        CASE WHEN contains(c13, 'e') THEN NULL ELSE TRY_CAST(c13 AS DECIMAL(18, 8)) END AS cost,
        c11 AS charge_band, c12 AS band_code
    FROM read_csv('{usage}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {{{columns}}})"""


def marked(column):
    """A number in full (M1) after the mark 1, a short one after 3."""
    return f"""CASE
        WHEN starts_with({column}, '+') THEN '1' || {column}[2:]
        WHEN starts_with({column}, '00') THEN '1' || {column}[3:]
        WHEN starts_with({column}, '0') THEN '144' || {column}[2:]
        WHEN starts_with({column}, '44') AND length({column}) IN (11, 12) THEN '1' || {column}
        ELSE '3' || {column} END"""


def full(column):
    """A number in full (M1) as it is shown."""
    return f"""CASE
        WHEN starts_with({column}, '+') THEN {column}
        WHEN starts_with({column}, '00') THEN '+' || {column}[3:]
        WHEN starts_with({column}, '0') THEN '+44' || {column}[2:]
        WHEN starts_with({column}, '44') AND length({column}) IN (11, 12) THEN '+' || {column}
        ELSE {column} END"""


def load(connection, prepared, facts):
    for name in ["heads", "tariffs", "base", "own", "by_type", "rates", "types", "charge_bands"]:
        connection.execute(f"CREATE TEMP TABLE {name} AS FROM '{prepared}/{name}.parquet'")
    connection.execute(f"""CREATE TEMP TABLE lines AS
        SELECT ('1' || number[2:])::BIGINT AS key, * FROM '{prepared}/lines.parquet'""")
    for length in facts["lengths"]:
        connection.execute(f"""CREATE TEMP TABLE stems_{length} AS
            SELECT stem, call_type, prefix FROM '{prepared}/stems.parquet' WHERE length = {length}""")


def head(longest):
    """The first characters of the number that is looked up, marked: as many as the longest prefix has."""
    return f"""CASE WHEN is_inbound THEN '2' || ({marked('cli')})[2:{longest}]
                ELSE ({marked('other_party')})[1:{longest}] END"""


def by_class(what, classes):
    cases = " ".join(f"WHEN {CLASSES.index(name)} THEN l.{what}_{name}" for name in classes)
    return f"CASE t.class {cases} END" if classes else "NULL::INTEGER"


def query(source, facts):
    """One row for each line of the file, with where it ended and what it costs."""
    longest = max(facts["lengths"])
    # The longest beginnings first, then the table of all short ones.
    found_in = [f"s{n}" for n in sorted(facts["lengths"], reverse=True)] + ["h"]
    stems = "\n".join(f"LEFT JOIN stems_{n} AS s{n} ON s{n}.stem = u.head[1:{n}]" for n in facts["lengths"])
    first = lambda column: "coalesce(" + ", ".join(f"{table}.{column}" for table in found_in) + ")"
    period = " + ".join(f"(started >= TIMESTAMP '{found}')::BIGINT" for found in facts["breaks"]) or "0"
    periods, bands = len(facts["breaks"]) + 1, len(BANDS)
    slot = lambda key: f"(({key}) * {bands} + m.band) * {periods} + m.period"
    return f"""
    WITH source AS ({source}),
    usage AS (
        SELECT *, {head(longest)} AS head, TRY_CAST({marked('cli')} AS BIGINT) AS key,
            CASE band_code WHEN '1' THEN 0 WHEN '2' THEN 1 WHEN '3' THEN 2 ELSE
                CASE WHEN isodow(started) > 5 THEN 2 WHEN hour(started) BETWEEN 7 AND 18 THEN 0 ELSE 1 END END AS band,
            {period} AS period,
            started IS NULL OR units IS NULL OR units < 0 OR cost IS NULL AS is_rejected
        FROM source),
    stemmed AS (
        SELECT u.*, {first('prefix')} AS prefix,
            CASE WHEN u.charge_band <> '' THEN c.call_type WHEN u.kind = 'sms' THEN {facts['fallback_sms']}
                WHEN u.kind = 'data' THEN {facts['fallback_data']} ELSE {first('call_type')} END AS call_type
        FROM usage AS u
        LEFT JOIN heads AS h ON h.head = rpad(u.head, {facts['head']}, 'x')[1:{facts['head']}] {stems}
        LEFT JOIN charge_bands AS c ON c.band = u.charge_band),
    matched AS (
        SELECT u.*, l.account, l.number, l.is_held, l.fallback, t.class, t.class_name, t.is_excluded, t.code AS call_type_code,
            {by_class('tariff', facts['tariff'])} AS tariff, {by_class('markup', facts['markup'])} AS markup
        FROM stemmed AS u
        LEFT JOIN lines AS l ON l.key = u.key AND u.started::DATE BETWEEN l."from" AND l."to"
        LEFT JOIN types AS t ON t.call_type = u.call_type),
    found AS (
        SELECT m.*, f.code AS tariff_code, coalesce(o.rate_row, b.rate_row, y.rate_row) AS rate_row
        FROM matched AS m
        LEFT JOIN tariffs AS f ON f.tariff = m.tariff
        LEFT JOIN own AS o ON o.key = {slot(f'm.tariff::BIGINT * {MOST_PREFIXES} + m.prefix')}
        LEFT JOIN base AS b ON b.key = {slot(f'f.chain::BIGINT * {MOST_PREFIXES} + m.prefix')}
        LEFT JOIN by_type AS y ON y.key = {slot(f'm.tariff::BIGINT * {MOST_TYPES} + m.call_type')}),
    priced AS (
        SELECT f.*, r.is_markup, r.connection, r.rate, r.minimum, r.maximum, r.percent, r.name AS rate_name,
            CASE WHEN is_rejected THEN 'rejected' WHEN account IS NULL AND is_held IS NULL THEN 'unknown CLI'
                WHEN NOT is_held THEN 'CLI not billable on date' WHEN call_type IS NULL THEN 'unknown call type'
                WHEN is_excluded THEN 'call type excluded'
                WHEN r.rate IS NULL AND coalesce(markup, fallback) IS NULL THEN 'no rate' ELSE 'rated' END AS ended,
            CASE WHEN kind = 'sms' OR units = 0 THEN units
                ELSE initial + ((greatest(units - initial, 0) + increment - 1) // increment) * increment END AS billable,
            kind = 'voice' AND units < r.min_seconds AS is_unanswered,
            CASE WHEN r.rate IS NULL OR r.is_markup THEN 1000000 WHEN kind = 'voice' THEN 60 WHEN kind = 'sms' THEN 1
                ELSE 1000000 END::BIGINT AS per,
            CASE WHEN r.rate IS NULL THEN (cost::DECIMAL(28, 8) * 100000000)::BIGINT * (1000000 + coalesce(markup, fallback))
                WHEN r.is_markup THEN (cost::DECIMAL(28, 8) * 100000000)::BIGINT * (1000000 + r.percent)
                ELSE r.connection * per + r.rate * billable END AS raw
        FROM found AS f LEFT JOIN rates AS r ON r.rate_row = f.rate_row)
    SELECT *, CASE WHEN ended <> 'rated' THEN NULL WHEN is_unanswered THEN 0 ELSE
        (2 * least(greatest(raw, minimum * per), coalesce(maximum * per, 9000000000000000000)) + per * 10000)
            // (2 * per * 10000) END AS sell
    FROM priced"""


def totals(connection, source, facts):
    return connection.execute(f"""
        SELECT ended, count(*), sum(CASE WHEN is_rejected THEN 0 ELSE units END), sum(CASE WHEN is_rejected THEN 0 ELSE
            cost END), sum(sell) FROM ({query(source, facts)}) GROUP BY ended""").fetchall()


def write(connection, source, facts, out):
    usage_file = "usage"
    connection.execute(f"""
        COPY (SELECT record_id AS record, '{usage_file}' AS file, 'carrier' AS supplier, account,
            CASE WHEN is_held THEN number END AS cli, CASE WHEN is_inbound THEN 'in' ELSE 'out' END AS direction,
            {full('other_party')} AS other_party, started AS started_at, kind,
            units, billable AS billable_units, call_type_code AS call_type, class_name AS class,
            CASE band WHEN 0 THEN 'daytime' WHEN 1 THEN 'evening' ELSE 'weekend' END AS time_band,
            tariff_code AS tariff, rate_name AS rate_row, cost, connection, rate, sell, ended
        FROM ({query(source, facts)}) WHERE NOT is_rejected) TO '{out}' (FORMAT parquet, COMPRESSION zstd)""")
    return connection.execute(f"""SELECT ended, count(*), sum(units), sum(cost), sum(sell)
        FROM '{out}' GROUP BY ended""").fetchall()


def main(usage, prepared, facts, threads, out=None):
    facts = json.loads(facts)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {int(threads)}; SET preserve_insertion_order = false; SET memory_limit = '6GB'")
    # The tables are small and the file is not, which its estimates do not know: joins are built as they are written.
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    load(connection, prepared, facts)
    source = (fcs_source if facts["layout"] == "fcs-v3" else generic_source)(usage)
    found = write(connection, source, facts, out) if out else totals(connection, source, facts)
    print(json.dumps({ended: {"records": records, "units": int(units or 0), "cost": int((cost or 0) * 10**8),
                              "sell": int(sell or 0)} for ended, records, units, cost, sell in found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
