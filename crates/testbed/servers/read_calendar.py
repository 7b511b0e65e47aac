"""What the independent parser icalendar reads in a calendar, as JSON; any error it notes ends it.

usage: read_calendar.py <CALENDAR
"""

import json
import sys

import icalendar

data = sys.stdin.buffer.read()
assert all(len(line) <= 75 for line in data.split(b"\r\n")), "a line is longer than 75 octets"
assert b"\n" not in data.replace(b"\r\n", b""), "a line ends otherwise than in CRLF"
calendars = icalendar.Calendar.from_ical(data, multiple=True)
assert len(calendars) == 1, "one calendar"
calendar = calendars[0]
assert calendar.subcomponents, "a calendar has one component or more (RFC 5545, 3.6)"
for component in calendar.walk():
    assert not component.errors, component.errors
    assert not (missing := [name for name in component.required if name not in component]), missing


def told(value):
    if hasattr(value, "dt") and hasattr(value.dt, "isoformat"):
        return value.dt.isoformat()
    if hasattr(value, "cats"):
        return [str(category) for category in value.cats]
    return str(value)


def properties(component):
    return {name: told(value) for name, value in component.items()}


events = [properties(event) for event in calendar.walk("VEVENT")]
print(json.dumps({"calendar": properties(calendar), "events": events}))
