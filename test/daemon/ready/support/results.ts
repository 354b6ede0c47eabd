/** A checklist, a rehearsal and a survey, for tests of what shows them. */
import type {
  Checklist,
  Rehearsal,
  Survey,
  SurveyedLink,
} from '../../../../daemon/model/readiness.ts';

const surveyed = (id: string, tech: string, rsrp: number): SurveyedLink => ({
  id,
  tech,
  rsrp_dbm: { min: rsrp - 4, p50: rsrp, max: rsrp + 3 },
  sinr_db: { min: 5, p50: 12, max: 18 },
  rtt_s: { min: 0.03, p50: 0.041, max: 0.12 },
  loss_ratio: { min: 0, p50: 0.001, max: 0.02 },
  throughput_bps: { min: 3_000_000, p50: 4_000_000, max: 4_100_000 },
  used_b: 42_000_000,
});

export const SURVEY: Survey = {
  started: '2026-11-28T20:00:00.000Z',
  lasted_s: 3_600,
  samples: 6,
  links: [surveyed('five', '5g', -86), surveyed('lte', 'lte', -90)],
  light_ratio: { min: 0.2, p50: 0.31, max: 0.44 },
  sound_dbfs: { min: -48, p50: -30.5, max: -8.2 },
  wifi: [
    { name: 'Café', channel: 6, signal_dbm: -48 },
    { name: '', channel: 11, signal_dbm: -71 },
  ],
  notes: ['ended early: it was stopped'],
};

export const REHEARSAL: Rehearsal = {
  started: '2026-11-29T18:00:00.000Z',
  lasted_s: 190,
  verdict: 'fail',
  reason: null,
  viewer: {
    latency_s: { p50: 0.36, p95: 0.41, n: 3_400 },
    is_by_picture: true,
    stalls: 0,
    stalled_s: 0,
    parts: 900,
    failed: 0,
    hit_ratio: null,
  },
  drill: { link: 'five', taken_over_by: 'lte', failover_s: 0.42, lost: 3, stalls: 0 },
  lines: [
    { name: 'latency', verdict: 'pass', evidence: 'half within 0.36 s', advice: '' },
    {
      name: 'failover',
      verdict: 'fail',
      evidence: 'five away',
      advice: 'Raise uplink.latency_ms.',
    },
  ],
};

export const CHECKLIST: Checklist = {
  taken: '2026-11-29T18:10:00.000Z',
  verdict: 'warn',
  lines: [
    { name: 'camera', verdict: 'pass', evidence: 'frames from test picture', advice: '' },
    {
      name: 'recording',
      verdict: 'warn',
      evidence: 'one copy only',
      advice: 'Plug in a second disk.',
    },
  ],
};
