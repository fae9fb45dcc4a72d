"""Looks at PDFs that carry a structured invoice, as `factur-x` and `pymupdf` read them, and takes the invoice out of each.

    validate_hybrids.py FOLDER OUT

Prints for each PDF: name, profile, name of the attachment, conformance level of the metadata, PDF/A part, separated by tabs.
Writes the invoices into OUT, for the rules.
"""

import logging
import sys
from pathlib import Path

import facturx
import pymupdf
from lxml import etree

logging.disable(logging.CRITICAL)
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


def said(metadata, name):
    """The one value of a property."""
    (element,) = metadata.iter(name)
    return element.text


folder, out = map(Path, sys.argv[1:])
out.mkdir(exist_ok=True)
for path in sorted(folder.rglob("*.pdf")):
    data = path.read_bytes()
    # With the check of the schema that the package makes itself.
    name, invoice = facturx.get_facturx_xml_from_pdf(data, check_xsd=True)
    level = facturx.get_level(etree.fromstring(invoice), "factur-x")
    with pymupdf.open(path) as pdf:
        metadata = etree.fromstring(pdf.get_xml_metadata().encode())
        assert pdf.embfile_names() == [name], pdf.embfile_names()
        assert pdf.embfile_get(name) == invoice
        assert not pdf.is_repaired, "the cross-reference table is wrong"
    assert said(metadata, FX + "DocumentFileName") == name
    assert said(metadata, FX + "DocumentType") == "INVOICE"
    (out / f"{path.stem}.xml").write_bytes(invoice)
    print(path.name, level, name, said(metadata, FX + "ConformanceLevel"), said(metadata, PDFA + "part"), sep="\t")
