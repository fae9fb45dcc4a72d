"""What was measured → the table of targets, as Markdown: what was found, and whether the target is met. Measures nothing."""

MIB = 1 << 20


def short(count):
    """1234567 -> 1.23 M."""
    for unit, letter in ((10**6, " M"), (10**3, " k")):
        if count >= unit:
            return f"{count / unit:.3g}{letter}"
    return f"{count:.3g}"


def said(is_met):
    return "yes" if is_met else "**no**"


def beside_duckdb(peers, kind, least, aim):
    figures = {figure["name"]: figure for figure in peers["figures"]}
    ours, duckdb = (figures[f"{name}, {kind}"] for name in ("tollbook", "DuckDB"))
    ratio, rate = duckdb["seconds"] / ours["seconds"], ours["records_per_second"]
    text = f"{ratio:.2f} × ({ours['seconds']:.2f} s, DuckDB {duckdb['seconds']:.2f} s); {short(rate)} records/s"
    return text, f"ratio {said(ratio >= least)}, aim {said(rate >= aim)}"


def per_second(of, what, aim):
    rate = of["count"] / of["seconds"]
    return f"{short(rate)} {what}/s ({of['count']:,} in {of['seconds']:.2f} s)", said(rate >= aim)


def threads(seconds):
    ratio = seconds[1] / seconds[2]
    return f"{ratio:.2f} × ({seconds[1]:.2f} s, {seconds[2]:.2f} s)", said(ratio >= 1.8)


def sizes(found):
    """Each size with its time per record, and the smallest one's, measured in turns with it."""
    ratios = [size["nanoseconds"] / size["smallest"] for size in found]
    parts = [f"{short(size['records'])}: {size['nanoseconds']:.0f} ns, {ratio:.2f} of the {size['smallest']:.0f} ns of the smallest"
             for size, ratio in zip(found, ratios)]
    return "; ".join(parts), said(all(0.85 <= ratio <= 1.15 for ratio in ratios))


def memory(found):
    """Of each command the most bytes of its own."""
    if any(peak is None for _, peak in found):
        return "not measured: this system does not tell", "?"
    parts = [f"{name} {peak / MIB:.0f} MiB" for name, peak in found]
    return ", ".join(parts), said(all(peak <= 512 * MIB for _, peak in found))


def table(measured, options):
    """Rows whose part was skipped say so."""
    generic, fcs = measured.get("generic"), measured.get("fcs")
    of = lambda part, show: show(measured[part]) if part in measured else ("skipped", "")
    rows = [
        (f"`rate` of {short(options.records)} generic records, {options.clis:,} CLIs; totals only",
         "≥ 8 × DuckDB; aim 10 M records/s", of("generic", lambda of: beside_duckdb(of, "totals", 8, 10_000_000))),
        ("the same with rated rows to Parquet", "≥ 6 × DuckDB; aim 4 M/s",
         beside_duckdb(generic, "to Parquet", 6, 4_000_000) if generic and "parquet" not in options.skip else ("skipped", "")),
        (f"FCS v3, {short(options.fcs_records)} records; totals only", "≥ 5 × DuckDB; aim 3 M/s",
         of("fcs", lambda of: beside_duckdb(of, "totals", 5, 3_000_000))),
        ("`import usage`, durable, duplicate control on", "aim 3 M/s",
         of("import", lambda of: per_second(of, "records", 3_000_000))),
        (f"`bill draft`, {short(options.bill_records)} calls, {options.bill_customers:,} customers", "aim 3 M calls/s",
         of("draft", lambda of: per_second(of, "calls", 3_000_000))),
        ("`bill post` with JSON and CSV documents", "aim 5,000 invoices/s",
         of("post", lambda of: per_second(of, "invoices", 5_000))),
        (f"2 threads against 1, `rate` of {short(options.records)}, the book apart", "≥ 1.8 ×", of("threads", threads)),
        (f"{', '.join(short(options.records * tenths // 10) for tenths in (1, 10, 50))} records, the book apart",
         "time per record within 15 %", of("sizes", sizes)),
        ("peak memory beside the mapped file", "≤ 512 MiB", of("memory", memory)),
    ]
    head = ["| work | target | measured | met? |", "|---|---|---|---|"]
    return head + [f"| {work} | {target} | {shown} | {met} |" for work, target, (shown, met) in rows]


def peers_table(peers):
    """All rows of one comparison."""
    title = f"{peers['layout']}, {peers['records']:,} lines, {peers['bytes']:,} bytes; totals equal to the last digit:"
    lines = [title, "", "| | seconds | CPU s | records/s | × DuckDB |", "|---|---|---|---|---|"]
    for row in peers["figures"]:
        times = f"{row['times_duckdb']:.2f}" if row["times_duckdb"] else ""
        lines.append(f"| {row['name']} | {row['seconds']:.2f} | {row['cpu_seconds']:.2f} | {row['records_per_second']:,} "
                     f"| {times} |")
    return lines
