import { expect, test } from 'vitest';
import { Exposition, Histogram } from '../../../src/cli/bridge/service/exposition.js';

test('metrics are written as Prometheus reads them', () => {
  const exposition = new Exposition();
  const calls = new Histogram([0.1, 1]);
  exposition.value('gauge', 'age', 'in "quotes", a \\ and\na line', () => 1.5);
  exposition.value('gauge', 'none', 'nothing', () => undefined);
  exposition.samples('counter', 'events', 'by type', () => [
    [{ type: 'a"\\\n多' }, 2],
    [{ type: '' }, Number.POSITIVE_INFINITY],
  ]);
  exposition.histogram('seconds', 'durations', calls);
  for (const value of [0.1, 0.5, 20]) calls.observe({ side: 'client' }, value);
  calls.observe({ side: 'server' }, 0);
  expect(exposition.text()).toBe(String.raw`# HELP age in "quotes", a \\ and\na line
# TYPE age gauge
age 1.5
# HELP none nothing
# TYPE none gauge
# HELP events by type
# TYPE events counter
events{type="a\"\\\n多"} 2
events{type=""} +Inf
# HELP seconds durations
# TYPE seconds histogram
seconds_bucket{side="client",le="0.1"} 1
seconds_bucket{side="client",le="1"} 2
seconds_bucket{side="client",le="+Inf"} 3
seconds_sum{side="client"} 20.6
seconds_count{side="client"} 3
seconds_bucket{side="server",le="0.1"} 1
seconds_bucket{side="server",le="1"} 1
seconds_bucket{side="server",le="+Inf"} 1
seconds_sum{side="server"} 0
seconds_count{side="server"} 1
`);
});

test('a view is looked at once for all metrics of a text, and anew for the next', () => {
  const exposition = new Exposition();
  let looks = 0;
  const view = exposition.once(() => ++looks);
  exposition.value('gauge', 'a', 'first', view);
  exposition.value('gauge', 'b', 'second', view);
  expect(exposition.text()).toMatch(/^a 1$[^]*^b 1$/m);
  expect(exposition.text()).toMatch(/^a 2$[^]*^b 2$/m);
});
