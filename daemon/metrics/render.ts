/** The box's snapshot in Prometheus' text format. */
import { Counter, Gauge, Registry } from 'prom-client';
import { withoutStale } from '../model/freshness.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { METRICS, type Metric } from './table.ts';

/** `Content-Type` of {@link renderMetrics}. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

export async function renderMetrics(box: BoxSnapshot): Promise<string> {
  const registry = new Registry();
  const snapshot = withoutStale(box);
  for (const metric of METRICS) register(registry, metric, snapshot);
  return await registry.metrics();
}

function register(registry: Registry, metric: Metric, snapshot: BoxSnapshot): void {
  const { name, help, type, labels } = metric;
  const known = metric.samples(snapshot).filter(([value]) => Number.isFinite(value));
  if (known.length === 0) return;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(options);
    for (const [value = 0, own] of known) counter.inc({ ...own }, Math.max(0, value));
  } else {
    const gauge = new Gauge(options);
    for (const [value = 0, own] of known) gauge.set({ ...own }, value);
  }
}
