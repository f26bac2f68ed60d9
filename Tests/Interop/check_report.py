#!/usr/bin/env python3
"""Checks a signed report of `anteroom anonymise verify --report FILE`, from docs/anonymisation.md alone.

usage: check_report.py FILE [KEY]

KEY: the public key known from elsewhere, 64 hexadecimal digits; without it, the one in the file is believed.
Prints what the report says; exit code 0 where the signature is genuine, 1 where not.
Uses the package `cryptography` (PyPI) where it is installed, else the program `openssl` (3.0 or newer).
"""
import json
import subprocess
import sys
import tempfile


def canonical(value) -> bytes:
    """Members in the order of their names, no white space, UTF-8: RFC 8785 for what stands in a report."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def is_genuine(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return openssl_says(key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def openssl_says(key: bytes, signature: bytes, message: bytes) -> bool:
    # RFC 8410: what stands before a raw Ed25519 key in its DER form.
    der = bytes.fromhex("302a300506032b6570032100") + key
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", der), ("signature", signature), ("message", message)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key",
             "-sigfile", f"{folder}/signature", "-in", f"{folder}/message"],
            capture_output=True, check=False)
        return done.returncode == 0


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        signed = json.load(file)
    key = bytes.fromhex(signed["key"])
    if len(sys.argv) > 2 and bytes.fromhex(sys.argv[2]) != key:
        print("another key signed it")
        return 1
    if signed["algorithm"] != "Ed25519" or not is_genuine(
            key, bytes.fromhex(signed["signature"]), canonical(signed["report"])):
        print("the signature is not genuine")
        return 1
    report = signed["report"]
    print(f"genuine; {report['report']}, {report['at']}: {'fine' if report['isFine'] else 'NOT FINE'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
