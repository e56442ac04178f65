/**
 * Metrics in the text format that Prometheus reads, version 0.0.4.
 *
 * @module
 */

/** Values of the labels, in the order of their names. */
export type Labels = Readonly<Record<string, string>>;

/** A value and what it is of. */
export type Sample = readonly [labels: Labels, value: number];

type Kind = 'counter' | 'gauge' | 'histogram';

/** What is exposed. Everything is read at the moment of asking. */
export class Exposition {
  static readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';

  readonly #families: (() => string)[] = [];
  /** Counts the texts. */
  #texts = 0;

  /** Adds a metric of one value; it has none while that is undefined. */
  value(kind: Exclude<Kind, 'histogram'>, name: string, help: string, value: () => number | undefined): void {
    this.samples(kind, name, help, () => {
      const now = value();
      return now === undefined ? [] : [[{}, now]];
    });
  }

  /** Adds a metric with labels. */
  samples(kind: Exclude<Kind, 'histogram'>, name: string, help: string, samples: () => Iterable<Sample>): void {
    this.#families.push(() => {
      const lines = Array.from(samples(), ([labels, value]) => line(name, labels, value));
      return head(kind, name, help) + lines.join('');
    });
  }

  /** Adds a histogram. */
  histogram(name: string, help: string, histogram: Histogram): void {
    this.#families.push(() => {
      const lines = Array.from(histogram.samples(), ([suffix, labels, value]) => line(name + suffix, labels, value));
      return head('histogram', name, help) + lines.join('');
    });
  }

  /** A view that is looked at once for all metrics of one text. */
  once<View>(look: () => View): () => View {
    let seen: { readonly of: number; readonly view: View } | undefined;
    return () => {
      if (seen?.of !== this.#texts) seen = { of: this.#texts, view: look() };
      return seen.view;
    };
  }

  /** All metrics, as text. */
  text(): string {
    this.#texts++;
    return this.#families.map((family) => family()).join('');
  }
}

/** How often values fell into ranges, by labels. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();

  /** @param bounds - the upper bounds of the ranges, in ascending order; one without a bound follows. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const key = JSON.stringify(Object.values(labels));
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    const range = this.#bounds.findIndex((bound) => value <= bound);
    const at = range < 0 ? this.#bounds.length : range;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += value;
  }

  /** Counts up to each bound, the sum and the count of all. */
  *samples(): Generator<readonly [suffix: string, labels: Labels, value: number]> {
    for (const { labels, counts, sum } of this.#series.values()) {
      let total = 0;
      for (const [at, count] of counts.entries()) {
        total += count;
        yield ['_bucket', { ...labels, le: numberText(this.#bounds[at] ?? Infinity) }, total];
      }
      yield ['_sum', labels, sum];
      yield ['_count', labels, total];
    }
  }
}

function head(kind: Kind, name: string, help: string): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${kind}\n`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
