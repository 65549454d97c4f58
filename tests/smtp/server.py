"""A mail server for tests/smtp.rs: keeps what it is told as lines of JSON, and can misbehave.

What it does with a message depends on the recipient: `unknown@…` is refused for good, `busy@…` the first
time, and after the first message to `dropped@…` it hangs up instead of answering.
"""

import argparse
import email
import email.policy
import json
import signal
import ssl
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Handler:
    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.seen = set()

    def note(self, **what):
        self.file.write(json.dumps(what) + "\n")
        self.file.flush()

    def is_first(self, address):
        is_first = address not in self.seen
        self.seen.add(address)
        return is_first

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.note(event="recipient", address=address)
        if address.startswith("unknown@"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        if address.startswith("busy@") and self.is_first(address):
            return f"451 4.7.1 <{address}>: Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        self.note(
            event="message",
            sender=envelope.mail_from,
            recipient=envelope.rcpt_tos[0],
            encrypted=server.transport.get_extra_info("cipher") is not None,
            login=session.auth_data.login.decode() if session.auth_data else None,
            message_id=message["Message-ID"],
            subject=message["Subject"],
            **{"from": message["From"], "to": message["To"]},
            type=message.get_content_type(),
            text=text and text.get_content(),
            html=html and html.get_content(),
            ascii=envelope.content.isascii(),
        )
        if envelope.rcpt_tos[0].startswith("dropped@") and self.is_first(envelope.rcpt_tos[0]):
            server.transport.abort()
        return "250 2.0.0 taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls", choices=["none", "starttls", "always"], default="none")
    parser.add_argument("--login")
    args = parser.parse_args()

    context = None
    if args.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)

    def authenticate(server, session, envelope, mechanism, data):
        is_known = isinstance(data, LoginPassword) and b":".join(data) == args.login.encode()
        return AuthResult(success=is_known, handled=False, auth_data=data)

    # That a login may be said in the open is what some tests are about.
    warnings.simplefilter("ignore")
    controller = Controller(
        Handler(args.log),
        hostname="0.0.0.0",
        port=args.port,
        ssl_context=context if args.tls == "always" else None,
        tls_context=context if args.tls == "starttls" else None,
        require_starttls=args.tls == "starttls",
        authenticator=authenticate,
        auth_required=args.login is not None,
        auth_require_tls=args.tls == "starttls",
    )
    controller.start()
    print("ready", flush=True)
    signal.sigwait([signal.SIGTERM, signal.SIGINT])


main()
