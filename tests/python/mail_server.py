"""A real mail server on the loopback (aiosmtpd): STARTTLS, login required, messages kept as files.

    mail_server.py FOLDER [--cert FILE --key FILE] [--implicit-tls] [--plain] [--no-utf8] [--delay STAGE=SECONDS ...]

Writes its port to FOLDER/port, each message to FOLDER/mail-NNNN.eml with its envelope beside it, and a line to FOLDER/events at
each stage of a message: rcpt, data (before the go-ahead), received (kept, not answered yet), answered. It ends when its standard
input does. How it treats a recipient is in the name:

    refuse…       550          drop-before…  goes away in the middle of the message
    grey…         451, once    drop-after…   keeps the message and goes away without a word
    late4… late5… 451 or 554 to the whole message
    slow…         answers after 12 seconds
"""
import argparse
import asyncio
import json
import os
import ssl
import sys
import threading
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, syntax

USER, PASSWORD = b"billing", b"correct horse"


def name(address):
    return address.split("@")[0]


class Mailbox:
    def __init__(self, folder, options):
        self.folder, self.options, self.count = folder, options, 0
        self.grey = set()
        self.delays = dict(delay.split("=") for delay in options.delay)
        self.events = open(folder / "events", "a", buffering=1)

    async def stage(self, stage, what):
        self.events.write(f"{stage} {what}\n")
        self.events.flush()
        await asyncio.sleep(float(self.delays.get(stage, 0)))

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if self.options.no_utf8:
            responses = [line for line in responses if "SMTPUTF8" not in line and "8BITMIME" not in line]
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.stage("rcpt", address)
        if name(address).startswith("refuse"):
            return f"550 5.1.1 <{address}> unknown"
        if name(address).startswith("grey") and address not in self.grey:
            self.grey.add(address)
            return f"451 4.7.1 <{address}> try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        stem = self.folder / f"mail-{self.count:04}"
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": bool(session.authenticated),
        }
        kept = not any(name(address).startswith(("late4", "late5")) for address in envelope.rcpt_tos)
        if kept:
            stem.with_suffix(".json").write_text(json.dumps(facts))
            stem.with_suffix(".part").write_bytes(envelope.content)
            stem.with_suffix(".part").rename(stem.with_suffix(".eml"))
        await self.stage("received", self.count)
        answer = "250 2.0.0 kept"
        for address in envelope.rcpt_tos:
            if name(address).startswith("drop-after"):
                server.transport.abort()
            if name(address).startswith("late4"):
                answer = f"451 4.3.0 <{address}> not now"
            if name(address).startswith("late5"):
                answer = f"554 5.7.1 <{address}> not this"
            if name(address).startswith("slow"):
                await asyncio.sleep(12)
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, self.stage("answered", self.count))
        return answer


class Server(SMTP):
    @syntax("DATA")
    async def smtp_DATA(self, arg):
        # Not the envelope of the session: it is empty until somebody is named.
        await self.event_handler.stage("data", len(self.envelope.rcpt_tos))
        if any(name(address).startswith("drop-before") for address in self.envelope.rcpt_tos):
            await self.push("354 go on")
            await self._reader.read(1000)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == USER and data.password == PASSWORD, handled=False)


async def serve(options):
    folder = Path(options.folder)
    tls = None
    if options.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.cert, options.key)
    mailbox = Mailbox(folder, options)
    starttls = None if options.plain or options.implicit_tls else tls
    login = not options.plain

    def session():
        return Server(
            mailbox,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login,
            auth_require_tls=starttls is not None,
            authenticator=authenticate if login else None,
            enable_SMTPUTF8=not options.no_utf8,
            data_size_limit=50_000_000,
            timeout=60,
        )

    listener = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=tls if options.implicit_tls else None
    )
    port = listener.sockets[0].getsockname()[1]
    (folder / "port.part").write_text(str(port))
    (folder / "port.part").rename(folder / "port")
    await listener.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--no-utf8", action="store_true")
    parser.add_argument("--delay", action="append", default=[])
    options = parser.parse_args()

    def end_with_input():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_input, daemon=True).start()
    asyncio.run(serve(options))


main()
