"""Names and sizes of keys that the book's look-up tables and both peers share. Computes nothing."""

CLASSES = ["inbound", "national", "mobile", "non_geographic", "service_numbers", "international",
           "extended_international", "surcharges", "bespoke_1", "bespoke_2"]
BANDS = ["daytime", "evening", "weekend"]
# Columns of the generic layout as workloads have them.
GENERIC = ["record_id", "kind", "direction", "cli", "other_party", "started_at", "duration", "bytes", "quantity", "cost",
           "description"]
# Keys of rate rows are whole numbers: tariff or chain, then the number of a prefix or of a call type, below these.
MOST_PREFIXES = 100_000
MOST_TYPES = 1_000
