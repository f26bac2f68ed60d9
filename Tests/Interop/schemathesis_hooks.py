"""What schemathesis (SCHEMATHESIS_HOOKS) has to be told of /openapi.json: formats it does not know, and the one
media type it cannot write.

A format narrows what its `pattern` lets through: a time zone has to be one of the IANA database.
"""
import itertools
import json
import os
import re
import secrets
import zoneinfo

import schemathesis
from hypothesis import strategies as st

# Zones Foundation and the database of the machine both know: leap-second copies are left out.
ZONES = sorted(z for z in zoneinfo.available_timezones() if "/" in z and not z.startswith(("posix/", "right/")))

# Of an Idempotency-Key at most.
KEY_BYTES = 200

# Ids of what there is, so that more than "not found" is tested; now and then one of nothing.
KNOWN = os.environ.get("ANTEROOM_IDS", "").split()
ANY = st.from_regex("[0-9a-f]{32}", fullmatch=True)

schemathesis.openapi.format("id", st.one_of(st.sampled_from(KNOWN), ANY) if KNOWN else ANY)
schemathesis.openapi.format("time-zone", st.sampled_from(ZONES))
# Formats that the tool has never heard of.
LABEL = st.from_regex("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
schemathesis.openapi.format("dns-label", LABEL)
schemathesis.openapi.format("language-tag", st.from_regex("[a-z]{2,3}(-[A-Z]{2})?", fullmatch=True))
schemathesis.openapi.format("link-secret", st.from_regex("[A-Za-z0-9_-]{21}[AQgw]", fullmatch=True))


keys = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key names one command for ever: the tool sends many under one. Keys that are wrong on purpose stay so."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch("[!-~]{1,%d}" % KEY_BYTES, key):
        case.headers["Idempotency-Key"] = f"schemathesis-{secrets.token_hex(16)}-{next(keys)}"
        # What a case is known to test (a header left out, say) was settled before, and stays so.
        case._sync_validated_hashes()


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """Lines are what the generator made: mostly no command at all, and each such line is answered with its problem."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "surrogatepass")
