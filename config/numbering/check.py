#!/usr/bin/env python3
"""Looks up example and random numbers of every country in prefixes.csv and compares with what libphonenumber says.

Run it like make.py. Prints the counts and every wrong example number; fails if one gets the wrong country.
The random numbers (fixed seed) are valid ones, evenly from each country's fixed and mobile ranges.
"""

import csv
import random
import sys

import phonenumbers
from phonenumbers import PhoneNumberType as Type
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE as REGIONS_OF

from make import HERE, CallingCode

SAMPLES = 400
KINDS = {Type.FIXED_LINE: "fixed", Type.MOBILE: "mobile"}


def main():
    with open(HERE / "prefixes.csv", encoding="utf-8") as file:
        plan = {row["prefix"]: row["call_type"] for row in csv.DictReader(file) if row["direction"] == "out"}
    with open(HERE / "regions.csv", encoding="utf-8") as file:
        names = {row["region"]: row["code"] for row in csv.DictReader(file)}
    examples = compare(example_numbers(), plan, names, show=True)
    compare(random_numbers(random.Random(1)), plan, names, show=False)
    return 0 if examples else 1


def example_numbers():
    for code, regions in sorted(REGIONS_OF.items()):
        for region in regions:
            for kind in (Type.FIXED_LINE, Type.MOBILE):
                number = phonenumbers.example_number_for_type(region, kind) if region != "001" else None
                if number:
                    yield number


def random_numbers(chance):
    """Walks that end where the metadata knows a fixed or mobile number."""
    for code, regions in sorted(REGIONS_OF.items()):
        if regions == ("001",):
            continue
        numbering = CallingCode(code)
        for _ in range(SAMPLES * len(regions)):
            walk, digits = numbering.start, ""
            wanted = chance.choice([(region, kind) for region in regions for kind in ("fixed", "mobile")])
            while True:
                open_digits = [d for d in "0123456789" if leads_to(numbering, numbering.step(walk, d), wanted)]
                here = numbering.ends_here(walk)
                if here and wanted in here and (not open_digits or chance.random() < 0.3):
                    yield phonenumbers.parse(f"+{code}{digits}")
                    break
                if not open_digits:
                    break
                digit = chance.choice(open_digits)
                walk, digits = numbering.step(walk, digit), digits + digit


def leads_to(numbering, walk, wanted):
    return any(wanted in labels for labels in numbering.weights(walk))


def compare(numbers, plan, names, show):
    count = wrong_country = wrong_kind = 0
    for number in numbers:
        region, kind = phonenumbers.region_code_for_number(number), phonenumbers.number_type(number)
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        found = next((plan[text[:n]] for n in range(len(text), 0, -1) if text[:n] in plan), "nothing")
        shared = number.country_code == 44 and str(number.national_number)[0] not in "17"
        expected = "uk" if region == "GB" or shared else names.get(region)
        count += 1
        if not (found.startswith("uk_") if expected == "uk" else found.rsplit("_", 1)[0] == expected):
            wrong_country += 1
        elif KINDS.get(kind) not in (None, found.rsplit("_", 1)[1].replace("geographic", "fixed")):
            wrong_kind += 1
        else:
            continue
        if show:
            print(f"{text}: {found}, but {expected} {KINDS.get(kind, 'either')}")
    print(f"{count} numbers: {wrong_country} with the wrong country, {wrong_kind} with the wrong kind")
    return wrong_country == 0


if __name__ == "__main__":
    sys.exit(main())
