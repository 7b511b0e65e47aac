"""When python-dateutil lets rules recur, as JSON: one list of instants (UTC) per rule.

usage: expand_rules.py FROM TO <RULES, lines of START RULE; START, FROM and TO as 2026-01-05T08:00:00
"""

import datetime
import json
import sys
import types

from dateutil import rrule

first, last = (datetime.datetime.fromisoformat(text) for text in sys.argv[1:])
# A rule that never matches is followed to the last year there is.
rrule.datetime = types.SimpleNamespace(**vars(datetime) | {"MAXYEAR": last.year})


def starts(line):
    start, text = line.split()
    try:
        rule = rrule.rrulestr(text, dtstart=datetime.datetime.fromisoformat(start))
        return [f"{at.isoformat()}Z" for at in rule.xafter(first, inc=True) if at < last]
    except ValueError as error:
        # What it says of a rule that never matches, where it sees that.
        assert "empty" in str(error), f"{text}: {error}"
        return []


print(json.dumps([starts(line) for line in sys.stdin]))
