"""A table in Markdown, printed row by row, that counts what misses its target."""
import statistics


class Table:
    def __init__(self, *columns):
        self.missed = 0
        print("\n| " + " | ".join([*columns, "target", ""]) + " |\n" + "|---" * (len(columns) + 2) + "|", flush=True)

    def row(self, *cells, target="", met=True):
        self.missed += not met
        verdict = "" if not target else "met" if met else "**missed**"
        print("| " + " | ".join([*map(str, cells), target, verdict]) + " |", flush=True)


class Times(Table):
    """Rows of measured seconds; a ratio is that of the medians."""

    def __init__(self, first_column, beside):
        super().__init__(first_column, "what", "median", "from–to", f"× {beside}")

    def times(self, link, what, seconds, beside=None, **target):
        median = statistics.median(seconds)
        ratio = f"{median / beside:.1f}" if beside else ""
        self.row(link, what, f"{milliseconds(median)} ms", f"{milliseconds(min(seconds))}–{milliseconds(max(seconds))}", ratio,
                 **target)
        return median


def at_most(seconds, limit):
    return {"target": f"≤ {milliseconds(limit)} ms", "met": statistics.median(seconds) <= limit}


def at_least(value, limit, what):
    """A ratio, with its own value in the target's cell: `≥ 50 × faster than lock-step: 63`."""
    return {"target": f"≥ {limit} {what}: {value:.2f}" if limit < 10 else f"≥ {limit} {what}: {value:.0f}",
            "met": value >= limit}


def milliseconds(seconds):
    return f"{seconds * 1000:.2f}" if seconds < 0.01 else f"{seconds * 1000:.0f}"
