// Numbers and times as people read them.

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${["", "KiB", "MiB", "GiB"][power]}`;
}

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min ${s % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/// Unix seconds; 0: the device did not know the time.
export function time(seconds: number): string {
  if (!seconds) return "–";
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/// Below 0: a is older. As docs/design/image-format.md orders them.
export function compareVersions(a: string, b: string): number {
  const split = (version: string) => {
    const [, numbers, pre] = /^v?([^-+]*)(?:-([^+]*))?/.exec(version)!;
    return { numbers: numbers.split(".").map((part) => parseInt(part) || 0), pre: pre ?? "" };
  };
  const [x, y] = [split(a), split(b)];
  for (let i = 0; i < Math.max(x.numbers.length, y.numbers.length); ++i) {
    const difference = (x.numbers[i] ?? 0) - (y.numbers[i] ?? 0);
    if (difference) return difference;
  }
  if (!x.pre || !y.pre) return (x.pre ? 0 : 1) - (y.pre ? 0 : 1);
  return x.pre.localeCompare(y.pre, "en", { numeric: true });
}

/// How fast it goes now, by the last seconds.
export class Pace {
  private marks: [ms: number, bytes: number][] = [];

  add(bytes: number, nowMs: number): void {
    this.marks.push([nowMs, bytes]);
    while (this.marks.length > 2 && nowMs - this.marks[0][0] > 3000) this.marks.shift();
  }

  /// Bytes per second; 0: not known yet.
  rate(): number {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    const ms = first && last ? last[0] - first[0] : 0;
    return ms >= 200 ? ((last![1] - first[1]) * 1000) / ms : 0;
  }
}
