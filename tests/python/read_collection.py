"""Reads a collection file as a bank would, and prints what it collects, one JSON object.

Arguments: `bacs` or `sepa`, the file. Standard 18 is cut by positions of its own; pain.008 is validated against the schema
that the package sepaxml carries. Sums are worked out again. Exits with 1 and says what is wrong.
"""

import collections
import decimal
import json
import pathlib
import re
import sys

wrong = []


def check(what, found, expected):
    if found != expected:
        wrong.append(f"{what}: {found!r}, not {expected!r}")


def read_bacs(data):
    text = data.decode("ascii")
    check("ends of lines", text.count("\r\n"), text.count("\n"))
    if not re.fullmatch(r"[A-Z0-9.&/\- \r\n]*", text):
        wrong.append("letters that Standard 18 does not have")
    lines = text.split("\r\n")
    check("after the last line", lines.pop(), "")
    labels = [lines[place][:4] for place in (0, 1, 2, 3, -3, -2, -1)]
    check("labels", labels, ["VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1"])
    vol, hdr1, hdr2, uhl, *records, eof1, eof2, utl = lines
    for line in (vol, hdr1, hdr2, uhl, eof1, eof2, utl):
        check(f"length of {line[:4]}", len(line), 80)
    user = vol[41:47]
    check("level", vol[79], "1")
    check("file identifier", (hdr1[4], hdr1[5:11], hdr1[11], hdr1[15:21]), ("A", user, "S", user))
    check("serial number", hdr1[21:27], vol[4:10])
    check("sections", hdr1[27:35], "00010001")
    check("records", (hdr2[4], hdr2[5:10], hdr2[10:15], hdr2[50:52]), ("F", "02000", "00100", "00"))
    check("user header", (uhl[10:16], uhl[20:28], uhl[28:37]), ("999999", "00000000", "1 DAILY  "))
    check("trailers", (eof1[4:], eof2[4:]), (hdr1[4:], hdr2[4:]))
    debits, contras = [], []
    for record in records:
        check("length of a record", len(record), 100)
        one = {
            "sort_code": record[0:6], "account": record[6:14], "code": record[15:17], "from": record[17:31],
            "pence": int(record[35:46]), "user": record[46:64].strip(), "reference": record[64:82].strip(),
            "name": record[82:100].strip(),
        }
        check("type of account", record[14], "0")
        check("free", record[31:35], "    ")
        (contras if one["code"] == "99" else debits).append(one)
    check("contras", len(contras), 1)
    contra = contras[0]
    check("contra is the last", records[-1][15:17], "99")
    check("contra", (contra["sort_code"] + contra["account"], contra["reference"]), (contra["from"], "CONTRA"))
    total = sum(debit["pence"] for debit in debits)
    check("contra amount", contra["pence"], total)
    check("debits", (int(utl[4:17]), int(utl[30:37])), (total, len(debits)))
    check("credits", (int(utl[17:30]), int(utl[37:44])), (total, 1))
    return {
        "user": user, "process_on": uhl[4:10], "total": total,
        "debits": [[debit[key] for key in ("sort_code", "account", "code", "pence", "reference", "name")] for debit in debits],
    }


def read_sepa(path, data):
    import lxml.etree
    import sepaxml

    root = lxml.etree.fromstring(data)
    version = root.tag.split("}")[0].rsplit("pain.", 1)[1]
    schema = pathlib.Path(sepaxml.__file__).parent / "schemas" / f"pain.{version}.xsd"
    schema = lxml.etree.XMLSchema(lxml.etree.parse(str(schema)))
    if not schema.validate(root):
        wrong.extend(str(error) for error in schema.error_log)
    find = lambda node, names: node.findtext("/".join(f"{{*}}{name}" for name in names.split("/")))
    header = root.find("{*}CstmrDrctDbtInitn/{*}GrpHdr")
    debits, blocks, identifiers = [], [], []
    for block in root.iter("{*}PmtInf"):
        amounts = []
        for one in block.iter("{*}DrctDbtTxInf"):
            amounts.append(decimal.Decimal(find(one, "InstdAmt")))
            identifiers.append(find(one, "PmtId/EndToEndId"))
            debits.append([
                find(one, "DbtrAcct/Id/IBAN"), find(block, "PmtTpInf/SeqTp"), str(amounts[-1]),
                find(one, "DrctDbtTx/MndtRltdInf/MndtId"), find(one, "DrctDbtTx/MndtRltdInf/DtOfSgntr"),
                find(one, "Dbtr/Nm"), find(one, "RmtInf/Ustrd"),
            ])
        check("block", (int(find(block, "NbOfTxs")), decimal.Decimal(find(block, "CtrlSum"))), (len(amounts), sum(amounts)))
        blocks.append((find(block, "ReqdColltnDt"), find(block, "CdtrSchmeId/Id/PrvtId/Othr/Id"), find(block, "CdtrAcct/Id/IBAN")))
    total = sum(decimal.Decimal(debit[2]) for debit in debits)
    check("header", (int(find(header, "NbOfTxs")), decimal.Decimal(find(header, "CtrlSum"))), (len(debits), total))
    check("identifiers", max(collections.Counter(identifiers).values()), 1)
    check("blocks", len(set(blocks)), 1)
    return {"version": version, "blocks": blocks[0], "total": str(total), "debits": debits}


def main():
    path = pathlib.Path(sys.argv[2])
    data = path.read_bytes()
    found = read_bacs(data) if sys.argv[1] == "bacs" else read_sepa(path, data)
    if wrong:
        sys.exit("\n".join(wrong))
    print(json.dumps(found))


main()
