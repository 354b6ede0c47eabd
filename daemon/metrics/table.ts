/** Every figure as a Prometheus metric, with its labels. */
import { BOX, CHILD, STATUS, WARNINGS } from '../figures/box.ts';
import { BACKFILL, DESTINATION } from '../figures/destinations.ts';
import {
  BATTERY,
  CAMERA,
  CHANNEL,
  type Channel,
  PRINTER,
  PRINTER_READY,
  STORAGE,
  VOLUME,
  VOLUME_RECORDING,
} from '../figures/devices.ts';
import type { Figure } from '../figures/figure.ts';
import {
  EDGE,
  EDGE_CACHE,
  HLS,
  MEDIA,
  PART_LAG,
  STREAM,
  VIEWER_LATENCY,
  VIEWER_STARTUP,
} from '../figures/media.ts';
import { PUSH } from '../figures/push.ts';
import { ARTICLE, ORDERS } from '../figures/shop.ts';
import {
  type CountedModem,
  LINK,
  LINK_TOTALS,
  MODEM,
  RADIO,
  SRT,
  UPLINK,
} from '../figures/uplink.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric; an unknown one is left out, and never 0. */
export type Sample = readonly [value: number | undefined, labels: Labels];

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  readonly samples: (snapshot: BoxSnapshot) => readonly Sample[];
}

/** Things of one kind in a snapshot, each with its labels. */
type Items<I> = (snapshot: BoxSnapshot) => readonly (readonly [item: I, labels: Labels])[];

/** Prometheus has no bits. */
const BYTES_PER_BIT = 1 / 8;

function metricsOf<I>(
  figures: readonly Figure<I>[],
  items: Items<I>,
  labels: readonly string[] = [],
): readonly Metric[] {
  return figures.flatMap((figure) => {
    const { metric, help } = figure;
    if (metric === undefined) return [];
    const own = figure.unit === 'state' ? [figure.label ?? 'state'] : [];
    const type = metric.endsWith('_total') ? 'counter' : 'gauge';
    return {
      name: `venuebox_${metric}`,
      help,
      type,
      labels: [...labels, ...own],
      samples: (box) => items(box).flatMap(([item, its]) => samplesOf(figure, item, its)),
    } satisfies Metric;
  });
}

function samplesOf<I>(figure: Figure<I>, item: I, labels: Labels): readonly Sample[] {
  if (figure.unit === 'state') {
    const now = figure.read(item);
    if (now === undefined) return [];
    const { options, label = 'state' } = figure;
    return options.map((one) => [Number(one === now), { ...labels, [label]: one }]);
  }
  const value = figure.read(item);
  if (value === undefined) return [];
  return [[Number(value) * (figure.unit === 'bps' ? BYTES_PER_BIT : 1), labels]];
}

const box: Items<BoxSnapshot> = (snapshot) => [[snapshot, {}]];
const links = ({ uplink }: BoxSnapshot) =>
  (uplink?.bond?.links ?? []).map((link) => [link, { link: link.id }] as const);
const destinations = (snapshot: BoxSnapshot) =>
  (snapshot.destinations ?? []).map((one) => [one, { destination: one.id }] as const);
const modems: Items<CountedModem> = ({ modems: state, modemMaintenance = [] }) =>
  (state.phase === 'known' ? state.modems : []).map((modem) => {
    const { interfaceName, id, operator = '', technology } = modem;
    const { usedBytes } = modemMaintenance.find((one) => one.id === id) ?? {};
    return [
      { ...modem, usedBytes },
      { modem: interfaceName ?? id, operator, technology },
    ];
  });
const channels: Items<Channel> = ({ levels }) =>
  (levels?.peakDbfs ?? []).map((peakDbfs, i) => {
    const rmsDbfs = levels?.rmsDbfs[i] ?? Number.NaN;
    return [{ peakDbfs, rmsDbfs }, { channel: String(i + 1) }];
  });
const volumes = ({ recording }: BoxSnapshot) =>
  recording.map((target) => [target, { volume: target.id }] as const);
const articles = ({ shop }: BoxSnapshot) =>
  (shop?.articles ?? []).map((one) => [one, { article: one.id, currency: one.currency }] as const);
const shop = ({ shop: state }: BoxSnapshot) => (state ? [[state, {}] as const] : []);
const edge = ({ media }: BoxSnapshot) => (media?.edge ? [[media.edge, {}] as const] : []);

function percentiles(ms: { p50: number; p95: number } | undefined, labels: Labels = {}) {
  return [
    [ms?.p50, { ...labels, percentile: '50' }],
    [ms?.p95, { ...labels, percentile: '95' }],
  ] as const;
}

const INFO: Metric = {
  name: 'venuebox_info',
  help: 'What this box is; always 1.',
  type: 'gauge',
  labels: ['box', 'version', 'camera', 'sound', 'encoder'],
  samples: ({ name, version, camera, sound, encoder }) => [
    [1, { box: name, version, camera, sound, encoder }],
  ],
};

export const METRICS: readonly Metric[] = [
  INFO,
  ...[STATUS, BATTERY, CAMERA, PRINTER, STORAGE, STREAM, HLS, SRT].flatMap((table) =>
    metricsOf<BoxSnapshot>(Object.values(table), box),
  ),
  ...metricsOf([...BOX, ...PRINTER_READY, ...MEDIA, ...UPLINK], box),
  ...metricsOf(
    WARNINGS,
    ({ warnings }) =>
      ['info', 'warning', 'critical'].map((severity) => [
        warnings.filter((one) => one.severity === severity),
        { severity },
      ]),
    ['severity'],
  ),
  ...metricsOf(
    CHILD,
    ({ children }) => Object.entries(children).map(([child, state]) => [state, { child }]),
    ['child'],
  ),
  ...metricsOf(Object.values(CHANNEL), channels, ['channel']),
  ...metricsOf([...Object.values(VOLUME), ...VOLUME_RECORDING], volumes, ['volume']),
  ...metricsOf(PART_LAG, ({ media }) => percentiles(media?.partLagMs), ['percentile']),
  ...metricsOf(VIEWER_STARTUP, ({ media }) => percentiles(media?.viewers.startupMs), [
    'percentile',
  ]),
  ...metricsOf(
    [VIEWER_LATENCY],
    ({ media }) =>
      Object.entries(media?.viewers.latencyMsByRendition ?? {}).flatMap(([rendition, ms]) =>
        percentiles(ms, { rendition }),
      ),
    ['rendition', 'percentile'],
  ),
  ...metricsOf(
    Object.values(PUSH),
    ({ media }) => Object.entries(media?.push ?? {}).map(([chunk, one]) => [one, { chunk }]),
    ['chunk'],
  ),
  ...metricsOf(Object.values(ARTICLE), articles, ['article', 'currency']),
  ...metricsOf(Object.values(ORDERS), shop),
  ...metricsOf([...Object.values(EDGE), ...EDGE_CACHE], edge),
  ...metricsOf([...Object.values(LINK), ...LINK_TOTALS], links, ['link']),
  ...metricsOf(Object.values(DESTINATION), destinations, ['destination']),
  ...metricsOf(Object.values(BACKFILL), ({ backfill }) => (backfill ? [[backfill, {}]] : [])),
  ...metricsOf([...Object.values(RADIO), ...MODEM], modems, ['modem', 'operator', 'technology']),
];
