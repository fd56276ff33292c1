"""What `airlift push --json` says: one event a line."""
import json


def events(stdout):
    return [json.loads(line) for line in stdout.splitlines()]


def outcome(stdout):
    """How it ended for the only device; the last line when the push could not even begin."""
    said = events(stdout)
    return next((event for event in said if event["event"] == "finished"), said[-1])
