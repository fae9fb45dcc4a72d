#!/usr/bin/env python3
"""Makes the default numbering plan: call_types.csv and prefixes.csv, in the columns of the book's files.

Run, anywhere but inside the source tree:

    python3 -m venv plan && plan/bin/pip install phonenumbers==9.0.43
    plan/bin/python config/numbering/make.py
    plan/bin/python config/numbering/check.py

What comes from where:
  * the tables below: UK ranges by kind, short codes, types that no prefix tells (written by hand);
  * regions.csv: the code, name and display group of each country (written by hand, ISO 3166 region codes);
  * the package `phonenumbers` (libphonenumber's metadata, Apache-2.0): which numbers of a country are mobile, and
    which country a number belongs to where several share a calling code. docs/data-sources.md: what is imprecise.

How prefixes are derived: every pattern of a calling code is turned into a finite automaton. All numbers are walked
digit by digit; each state of the walk knows which (region, fixed or mobile) is still possible. A table of prefixes is
then a labelling of that walk, and the one with the fewest rows is found by dynamic programming: the general row of a
calling code is its main region's fixed line, and a longer prefix is written only where it changes something. Digits
that nobody holds take whatever is shortest, and so do premium and other special ranges abroad, which are neither.
The walk ends at DEPTH national digits: what is still mixed there takes the kind that holds more numbers.
"""

import csv
import re._parser as regex_parser
import sys
from pathlib import Path

from phonenumbers import PhoneMetadata
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE as REGIONS_OF

HERE = Path(__file__).resolve().parent
DEPTH = 6
CALL_TYPE_COLUMNS = (
    "call_type,description,class,kind,display_group,fallback_rate_as,allowance_weight,vat_exempt,exclude,"
    "use_supplier_description"
).split(",")
PREFIX_COLUMNS = "supplier,prefix,direction,call_type".split(",")

# call_type | description | class | kind | display_group | fallback_rate_as | out prefixes | in prefixes | exclude
HAND_MADE = """
uk_geographic | UK geographic (01, 02) | national | voice | UK national | | +441 +442
uk_wide | UK-wide (03) | national | voice | UK national | uk_geographic | +443
uk_corporate | UK corporate numbers (055) | non_geographic | voice | UK non-geographic | | +4455
uk_voip | UK location independent (056) | non_geographic | voice | UK non-geographic | | +4456
uk_mobile | UK mobile | mobile | voice | UK mobile | | +447
uk_personal | UK personal numbers (070) | non_geographic | voice | UK non-geographic | | +4470
uk_pager | UK pagers (076) | non_geographic | voice | UK non-geographic | | +4476
uk_freephone | UK freephone (0500, 0800, 0808) | non_geographic | voice | UK non-geographic | | +44500 +4480
uk_helpline | UK helplines of social value (116) | non_geographic | voice | UK non-geographic | uk_freephone | 116
uk_084 | UK 084 | non_geographic | voice | UK non-geographic | | +4484
uk_0843 | UK 0843 | non_geographic | voice | UK non-geographic | uk_084 | +44843
uk_0844 | UK 0844 | non_geographic | voice | UK non-geographic | uk_084 | +44844
uk_0845 | UK 0845 | non_geographic | voice | UK non-geographic | uk_084 | +44845
uk_087 | UK 087 | non_geographic | voice | UK non-geographic | | +4487
uk_0870 | UK 0870 | non_geographic | voice | UK non-geographic | uk_087 | +44870
uk_0871 | UK 0871 | non_geographic | voice | UK non-geographic | uk_087 | +44871
uk_0872 | UK 0872 | non_geographic | voice | UK non-geographic | uk_087 | +44872
uk_0873 | UK 0873 | non_geographic | voice | UK non-geographic | uk_087 | +44873
uk_premium | UK premium rate (09) | service_numbers | voice | UK service numbers | | +449
uk_directory | UK directory enquiries (118) | service_numbers | voice | UK service numbers | | 118
uk_emergency | UK emergency (999, 112) | service_numbers | voice | UK service numbers | | 112 999 18000 | | y
uk_police | UK police non-emergency (101) | service_numbers | voice | UK service numbers | | 101
uk_power_cut | UK power cuts (105) | service_numbers | voice | UK service numbers | | 105
uk_health | UK health services (111, 119) | service_numbers | voice | UK service numbers | | 111 119
uk_speaking_clock | UK speaking clock (123) | service_numbers | voice | UK service numbers | | 123
uk_fraud_line | UK bank fraud line (159) | service_numbers | voice | UK service numbers | | 159
uk_text_relay | UK text relay (18001, 18002) | national | voice | UK national | uk_geographic | 18001 18002
uk_network_service | UK network services (1471, 1571) | service_numbers | voice | UK service numbers | | 1471 1571
uk_data | UK mobile data | mobile | data | UK mobile
uk_sms | UK text messages | mobile | sms | UK mobile
uk_mms | UK picture messages | mobile | event | UK mobile
international_sms | International text messages | international | sms | World
roaming_data | Roaming data | extended_international | data | Roaming
roaming_sms | Roaming text messages | extended_international | sms | Roaming
roaming_voice | Roaming calls | extended_international | voice | Roaming
other_event | Other usage | bespoke_1 | event | Other
inbound_geographic | Inbound to UK geographic (01, 02) | inbound | voice | Inbound | | | +441 +442
inbound_uk_wide | Inbound to UK-wide (03) | inbound | voice | Inbound | inbound_geographic | | +443
inbound_corporate | Inbound to UK corporate numbers (055) | inbound | voice | Inbound | | | +4455
inbound_voip | Inbound to UK location independent (056) | inbound | voice | Inbound | | | +4456
inbound_mobile | Inbound to UK mobile | inbound | voice | Inbound | | | +447
inbound_personal | Inbound to UK personal numbers (070) | inbound | voice | Inbound | | | +4470
inbound_pager | Inbound to UK pagers (076) | inbound | voice | Inbound | | | +4476
inbound_freephone | Inbound to UK freephone (0500, 0800, 0808) | inbound | voice | Inbound | | | +44500 +4480
inbound_084 | Inbound to UK 084 | inbound | voice | Inbound | | | +4484
inbound_0843 | Inbound to UK 0843 | inbound | voice | Inbound | inbound_084 | | +44843
inbound_0844 | Inbound to UK 0844 | inbound | voice | Inbound | inbound_084 | | +44844
inbound_0845 | Inbound to UK 0845 | inbound | voice | Inbound | inbound_084 | | +44845
inbound_087 | Inbound to UK 087 | inbound | voice | Inbound | | | +4487
inbound_0870 | Inbound to UK 0870 | inbound | voice | Inbound | inbound_087 | | +44870
inbound_0871 | Inbound to UK 0871 | inbound | voice | Inbound | inbound_087 | | +44871
inbound_0872 | Inbound to UK 0872 | inbound | voice | Inbound | inbound_087 | | +44872
inbound_0873 | Inbound to UK 0873 | inbound | voice | Inbound | inbound_087 | | +44873
inbound_premium | Inbound to UK premium rate (09) | inbound | voice | Inbound | | | +449
inbound_international | Inbound to other countries | inbound | voice | Inbound | | | +1 +2 +3 +4 +5 +6 +7 +8 +9
mobile_origin | Mobile origin surcharge | surcharges | voice | Surcharges
payphone | Payphone surcharge | surcharges | voice | Surcharges
recorded | Call recording surcharge | surcharges | voice | Surcharges
international_freephone | International freephone (+800) | international | voice | World | | +800
international_shared_cost | International shared cost (+808) | international | voice | World | | +808
satellite_inmarsat | Satellite: Inmarsat (+870) | extended_international | voice | Satellite | | +870
satellite_global | Satellite: global systems (+881) | extended_international | voice | Satellite | | +881
satellite_iridium | Satellite: Iridium | extended_international | voice | Satellite | satellite_global | +8816 +8817
satellite_globalstar | Satellite: Globalstar | extended_international | voice | Satellite | satellite_global|+8818 +8819
international_networks | International networks (+882, +883) | extended_international | voice | Satellite | | +882 +883
satellite_thuraya | Satellite: Thuraya | extended_international | voice | Satellite | | +88216
universal_personal | Universal personal numbers (+878) | extended_international | voice | World | | +878
disaster_relief | International disaster relief (+888) | extended_international | voice | World | | +888
international_premium | International premium rate (+979) | extended_international | voice | World | | +979
"""


class Automaton:
    """The union of some patterns of digits, walked by sets of states."""

    def __init__(self, patterns):
        self.jumps, self.moves, self.steps = [], [], {}
        begin, self.end = self.state(), self.state()
        for pattern in patterns:
            first = self.state()
            self.jumps[begin].append(first)
            self.jumps[self.build(regex_parser.parse(pattern), first)].append(self.end)
        self.start = self.closure([begin])

    def state(self):
        self.jumps.append([])
        self.moves.append([])
        return len(self.jumps) - 1

    def build(self, tree, at):
        for name, value in tree:
            name = str(name)
            if name in ("LITERAL", "IN"):
                after = self.state()
                self.moves[at].append((digits_of(name, value), after))
                at = after
            elif name == "SUBPATTERN":
                at = self.build(value[3], at)
            elif name == "BRANCH":
                end = self.state()
                for branch in value[1]:
                    first = self.state()
                    self.jumps[at].append(first)
                    self.jumps[self.build(branch, first)].append(end)
                at = end
            elif name == "MAX_REPEAT":
                least, most, part = value
                for _ in range(least):
                    at = self.build(part, at)
                end = self.state()
                for _ in range(int(most) - least):
                    self.jumps[at].append(end)
                    at = self.build(part, at)
                self.jumps[at].append(end)
                at = end
            else:
                raise ValueError(f"a pattern uses {name}, which this script cannot walk")
        return at

    def closure(self, states):
        found = set(states)
        waiting = list(found)
        while waiting:
            for after in self.jumps[waiting.pop()]:
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return frozenset(state for state in found if self.moves[state] or state == self.end)

    def step(self, states, digit):
        key = (states, digit)
        if key not in self.steps:
            after = (to for state in states for digits, to in self.moves[state] if digit in digits)
            self.steps[key] = self.closure(after)
        return self.steps[key]


def digits_of(name, value):
    if name == "LITERAL":
        return {chr(value)}
    found = set()
    for part, item in value:
        if str(part) == "LITERAL":
            found.add(chr(item))
        elif str(part) == "RANGE":
            found |= {chr(code) for code in range(item[0], item[1] + 1)}
        else:
            found |= set("0123456789")
    return found


class CallingCode:
    """All numbers of a calling code as one walk; a label is (region, "fixed" or "mobile")."""

    SPECIAL = "toll_free premium_rate shared_cost voip personal_number pager uan voicemail".split()

    def __init__(self, code):
        self.regions = []
        for region in REGIONS_OF[code]:
            data = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            kinds = [["general_desc"], self.SPECIAL, ["fixed_line"], ["mobile"]]
            automata = [Automaton(patterns(data, names)) for names in kinds]
            leading = Automaton([data.leading_digits]) if data.leading_digits else None
            self.regions.append((region, leading, automata))
        self.general = (REGIONS_OF[code][0], "fixed")
        self.start = tuple(
            (leading.start if leading else None, tuple(automaton.start for automaton in automata))
            for _, leading, automata in self.regions
        )
        self.weight_memo, self.cost_memo = {}, {}

    def step(self, walk, digit):
        after = []
        for (lead, states), (_, leading, automata) in zip(walk, self.regions):
            if leading and lead != "led":
                lead = leading.step(lead, digit)
                if leading.end in lead:
                    lead = "led"
            after.append((lead, tuple(a.step(s, digit) for a, s in zip(automata, states))))
        return tuple(after)

    def ends_here(self, walk):
        """The labels that a number ending here may have; none if it is no number. The first region to claim it wins."""
        for (lead, states), (region, leading, automata) in zip(walk, self.regions):
            general, special, fixed, mobile = (a.end in s for a, s in zip(automata, states))
            if leading:
                if lead != "led":
                    continue
                if not general:
                    return None
            elif not (general and (special or fixed or mobile)):
                continue
            if special or fixed == mobile:  # neither kind is right or both are: whatever is shortest
                return frozenset([(region, "fixed"), (region, "mobile")])
            return frozenset([(region, "fixed" if fixed else "mobile")])
        return None

    def weights(self, walk):
        """How many numbers begin so, by what they may be."""
        if not any(any(states) for _, states in walk):
            return {}
        if walk not in self.weight_memo:
            found = {}
            here = self.ends_here(walk)
            if here:
                found[here] = 1
            for digit in "0123456789":
                for labels, count in self.weights(self.step(walk, digit)).items():
                    found[labels] = found.get(labels, 0) + count
            self.weight_memo[walk] = found
        return self.weight_memo[walk]

    def cost(self, walk, inherited, depth=0):
        """The fewest rows for what begins so, and the label of the row to write here, if one is."""
        key = (walk, inherited, depth)
        if key not in self.cost_memo:
            self.cost_memo[key] = self.cheapest(walk, inherited, depth)
        return self.cost_memo[key]

    def cheapest(self, walk, inherited, depth):
        weights = self.weights(walk)
        if all(inherited in labels for labels in weights):
            return 0, None
        if depth == DEPTH:
            share = {}
            for labels, count in weights.items():
                for label in labels:
                    share[label] = share.get(label, 0) + count
            most = sorted(label for label in share if share[label] == max(share.values()))
            return (0, None) if inherited in most else (1, most[0])
        here = self.ends_here(walk)
        if here and sum(count for labels, count in weights.items() if not labels & here) >= 20:
            here = None  # a short number that many longer ones of another kind begin with: no prefix can tell it
        after = [self.step(walk, digit) for digit in "0123456789"]
        best = None
        candidates = {label for labels in weights for label in labels} if depth else set()
        for label in [inherited] + sorted(candidates - {inherited}):
            if here and label not in here and depth:
                continue
            rows = (label != inherited) + sum(self.cost(walk, label, depth + 1)[0] for walk in after)
            if best is None or rows < best[0]:
                best = rows, None if label == inherited else label
        return best

    def rows(self):
        """(national digits, label), shortest first; without the general row."""
        found, waiting = [], [("", self.start, self.general)]
        while waiting:
            prefix, walk, inherited = waiting.pop()
            count, label = self.cost(walk, inherited, len(prefix))
            if label:
                found.append((prefix, label))
            if count > 0 and len(prefix) < DEPTH:
                for digit in "0123456789":
                    waiting.append((prefix + digit, self.step(walk, digit), label or inherited))
        return sorted(found)


def patterns(data, names):
    descriptions = (getattr(data, name) for name in names)
    return [d.national_number_pattern for d in descriptions if d is not None and d.national_number_pattern]


def hand_made():
    """The call types and prefixes of the table above."""
    types, prefixes = {}, {}
    for line in HAND_MADE.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        code, description, call_class, kind, group, fallback, out, into, exclude = cells + [""] * (9 - len(cells))
        types[code] = call_type(code, description, call_class, kind, group, fallback, exclude)
        for direction, listed in (("out", out), ("in", into)):
            for prefix in listed.split():
                prefixes[prefix, direction] = code
    return types, prefixes


def call_type(code, description, call_class, kind, group, fallback="", exclude=""):
    return dict(zip(CALL_TYPE_COLUMNS, [code, description, call_class, kind, group, fallback, "", "", exclude, ""]))


def longest_match(prefixes, number, direction):
    for length in range(len(number), 0, -1):
        if (number[:length], direction) in prefixes:
            return prefixes[number[:length], direction]
    return None


def derived(types, prefixes):
    """Adds every country; the United Kingdom's own numbers keep what the table says."""
    by_hand = dict(prefixes)
    with open(HERE / "regions.csv", encoding="utf-8") as file:
        named = {row["region"]: row for row in csv.DictReader(file)}
    for code, regions in sorted(REGIONS_OF.items()):
        if regions == ("001",):
            continue
        plan = CallingCode(code)
        general = [] if code == 44 else [("", plan.general)]
        for national, (region, kind) in general + plan.rows():
            prefix = f"+{code}{national}"
            if code == 44 and national[0] not in "17":
                continue  # the islands have geographic and mobile ranges of their own and share all others
            if region == "GB":
                prefixes[prefix, "out"] = longest_match(by_hand, prefix, "out")
                continue
            row, own = named[region], {"fixed": "national", "mobile": "mobile"}
            name = f"{row['code']}_{kind}"
            call_class = own[kind] if code == 44 else "international"
            types[name] = call_type(name, f"{row['name']} {kind}", call_class, "voice", row["display_group"])
            prefixes[prefix, "out"] = name


def write(name, columns, rows):
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main():
    types, prefixes = hand_made()
    derived(types, prefixes)
    rows = ([row[column] for column in CALL_TYPE_COLUMNS] for _, row in sorted(types.items()))
    write("call_types.csv", CALL_TYPE_COLUMNS, rows)
    write("prefixes.csv", PREFIX_COLUMNS, (["", p, d, name] for (p, d), name in sorted(prefixes.items())))
    print(f"{len(types)} call types, {len(prefixes)} prefixes", file=sys.stderr)


if __name__ == "__main__":
    main()
