/** The report of a drop in which all is known. */
export const REPORT = {
  drop: '2026-04-30T20-00-00Z',
  started: '2026-04-30T20:00:00.000Z',
  ended: '2026-04-30T21:00:00.000Z',
  viewers_peak: 61,
  latency_s: { p50: 1.6, p95: 2.9, n: 61 },
  stalls: 4,
  failovers: 1,
  prints: 17,
  clips: 3,
  sales: { orders: 38, pieces: 38, amounts: [{ currency: 'EUR', amount_minor: 95_000 }] },
  ...{ title: 'Friday Duo', planned: 'friday', switches: 12, hearts: 480 },
  links: [
    { id: '5g', sent_b: 9e8, share_ratio: 0.9, bitrate_bps: 4e6, bitrate_max_bps: 5e6 },
    { id: 'lte', sent_b: 1e8, share_ratio: 0.1, bitrate_bps: null, bitrate_max_bps: 2e6 },
  ],
  failover_log: [{ at: '2026-04-30T20:30:00.000Z', link: '5g', to: 'out', reason: 'silent' }],
  battery: { start_ratio: 1, end_ratio: 0.61, on_battery: true },
  sound: { peak_dbfs: -3.2, silence_s: 4 },
};
