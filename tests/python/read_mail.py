"""A mail message, as the Python standard library reads it.

    read_mail.py FILE OUT

Prints headers and parts as JSON; writes each attachment into the folder OUT under its name. The message must have no defect.
"""
import email
import email.policy
import json
import sys
from pathlib import Path


def defects(part):
    return [repr(defect) for piece in part.walk() for defect in piece.defects]


def main():
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    message = email.message_from_bytes(source.read_bytes(), policy=email.policy.default)
    found = defects(message)
    for key in message.keys():
        found += [repr(defect) for value in message.get_all(key) for defect in value.defects]
    if found:
        sys.exit(f"{source.name}: {found}")
    attachments = []
    for part in message.iter_attachments():
        name = part.get_filename()
        if "/" in name or name.startswith("."):
            sys.exit(f"the name {name!r} leaves the folder")
        (out / name).write_bytes(part.get_payload(decode=True))
        attachments.append({"name": name, "type": part.get_content_type()})
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    print(
        json.dumps(
            {
                "names": [key for key in message.keys()],
                "headers": {key: str(message[key]) for key in message.keys()},
                "to": [[one.display_name, one.addr_spec] for one in message["To"].addresses],
                "from": [[one.display_name, one.addr_spec] for one in message["From"].addresses],
                "text": text.get_content(),
                "html": html.get_content() if html else None,
                "attachments": attachments,
            }
        )
    )


main()
