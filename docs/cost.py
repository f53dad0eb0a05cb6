#!/usr/bin/env python3
"""What a month costs, from the units that tests assert and bench measured (docs/PERFORMANCE.md). Prints a table.

Usage: python3 docs/cost.py [LOGINS [LOOKUPS [CHANGES]]], each for a user and a month.
"""

import sys

# Prices of us-east-1 in US dollars, without free tiers, from memory of AWS's list in November 2025 and not looked up
# since: put today's before you budget.
WRITE, READ = 0.625e-6, 0.125e-6  # a request unit of DynamoDB, on demand
STORED, BACKED_UP = 0.25, 0.20  # a GB and month, and its point-in-time recovery
REQUEST, GB_SECOND = 0.20e-6, 16.6667e-6  # Lambda on x86_64
ROUTE = 1.00e-6  # a request of an HTTP API
BUS, QUEUE = 1.00e-6, 0.40e-6  # an event published; a request of SQS
LOGGED = 0.50  # a GB taken in by CloudWatch Logs
METRIC, ALARM, DASHBOARD, SECRET = 0.30, 0.10, 3.00, 0.40  # each a month

# Measured: a login writes one unit, a look-up by id reads one, a change (event or webhook) writes one; a row has 504
# bytes, and a scan takes 61.5865 units for a thousand of them. One in ten has a claim, as large as that. A change writes
# one more unit into the audit trail, and is published.
ROW_GB, SCAN, CLAIMS = 504e-9, 0.0615865, 0.1
# Assumed: 10 ms of 128 MB for each request, a kilobyte of log, 100 us of 512 MB a user for each run, three runs a night
# (Auth0 or Clerk, Stripe, claims), one user in a thousand repaired. Of the stream each write, logins too, is an invocation
# of its own, and each change three requests of the queue and an invocation: busy tables share them, and pay less.
REQUEST_GB_SECONDS, LOG_GB, RUN_GB_SECONDS, RUNS, REPAIRED = 0.125 * 0.010, 1e-6, 0.5 * 100e-6, 3 * 30, 0.001
# What the template has: metrics that are told at least once, metrics under alarm, secrets.
METRICS, ALARMS, SECRETS = 60, 35, 7


def month(users, logins, lookups, changes):
    doors, written, read = users * (logins + changes + lookups), users * (logins + changes), users * lookups
    scans = users * SCAN * RUNS * (1 + CLAIMS / 3)
    changed = users * changes
    invoked = doors + written + changed
    return {
        "DynamoDB, requests": (written + changed) * WRITE + (read + scans) * READ + users * REPAIRED * 30 * (WRITE + READ),
        "DynamoDB, stored": users * ROW_GB * (1 + CLAIMS) * (STORED + BACKED_UP),
        "Lambda": invoked * (REQUEST + REQUEST_GB_SECONDS * GB_SECOND) + users * RUNS * RUN_GB_SECONDS * GB_SECOND,
        "HTTP API": doors * ROUTE,
        "events: bus and queue": changed * (BUS + 3 * QUEUE),
        "logs": invoked * LOG_GB * LOGGED,
        "metrics, alarms, dashboard, secrets": METRICS * METRIC + ALARMS * ALARM + DASHBOARD + SECRETS * SECRET,
    }


def main():
    given = [float(each) for each in sys.argv[1:]]
    logins, lookups, changes = given + [10.0, 20.0, 1.0][len(given) :]
    sizes = [10_000, 1_000_000, 10_000_000]
    months = [month(users, logins, lookups, changes) for users in sizes]
    print("| USD a month | " + " | ".join(f"{users:,} users" for users in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for name in months[0]:
        print(f"| {name} | " + " | ".join(f"{each[name]:,.2f}" for each in months) + " |")
    print("| all | " + " | ".join(f"{sum(each.values()):,.2f}" for each in months) + " |")


main()
