#!/usr/bin/env python3
"""The pages in a real browser: run.py SCENARIO --port P --socket S [--pictures DIR].

Started by Tests/CommandLineTests/Pages/BrowserTests.swift against an `anteroom serve` of its own. Prints what it saw;
exits 1, saying what was not as it must be, at the first check that fails.
"""
import argparse
import sys
import traceback

from accounts import accounts, rights, second_factor, sign_on
from house import House
from looks import languages, staff_access
from rooms import rooms
from waiting import closed, connection, consultation, door, reload, transfer

SCENARIOS = {each.__name__: each for each in (
    accounts, closed, connection, consultation, door, languages, reload, rights, rooms, second_factor, sign_on,
    staff_access, transfer)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--socket", required=True, help="the operator's socket in the data folder")
    parser.add_argument("--pictures", help="a folder for pictures of what was seen")
    options = parser.parse_args()
    house = House(options.socket, options.port)
    try:
        SCENARIOS[options.scenario](house, options)
    except Exception:  # Told whole, and failed: whoever reads the test's output has nothing else.
        traceback.print_exc()
        sys.exit(1)
    print(f"{options.scenario}: as it must be")


if __name__ == "__main__":
    main()
