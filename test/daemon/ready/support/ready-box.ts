/** A box that is ready for its drop, with all that its checklist looks at. */
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { LinkProbe, Plan, Probes } from '../../../../daemon/ready/checklist/line.ts';
import { WELL } from '../../../support/snapshot.ts';
import { SURVEY } from './results.ts';

export const PLAN: Plan = {
  picture: { width: 1280, height: 720, fps: 30 },
  isExposureLocked: true,
  soundChannels: 2,
  plannedS: 7_200,
  isPlannedSaid: true,
  leftS: 7_200,
  waitS: 0,
  recordedBps: 2_628_000,
  recordingTargets: 2,
  hasPosters: true,
  hasPrinter: true,
  isPublished: false,
  uplinkBps: 4_000_000,
  startsAt: '',
};

export const LINKS: LinkProbe = {
  phase: 'connected',
  rttMs: 40,
  latencyMs: 1_000,
  offeredBps: 4_000_000,
  links: [
    {
      id: 'five',
      isBackup: false,
      rttMs: 40,
      lossPct: 0,
      aloneBps: 4e6,
      isUsable: true,
      reason: '',
    },
    {
      id: 'lte',
      isBackup: true,
      rttMs: 60,
      lossPct: 0.1,
      aloneBps: 3.9e6,
      isUsable: true,
      reason: '',
    },
  ],
  drill: { link: 'five', takenOverBy: 'lte', failoverMs: 400, lost: 0 },
};

export const URL = 'http://192.168.1.20:8080/';
export const PROBES: Probes = {
  links: LINKS,
  page: { url: URL, loadedMs: 200, files: 9, edgeHits: 0, hasEdge: false },
  posters: { files: { avif: 3, webp: 3, jpeg: 3 }, tookMs: 700 },
  pageCode: { wanted: URL, read: URL },
  survey: SURVEY,
};

export const modem = (id: string, technology: '5g' | 'lte', rsrpDbm: number) => ({
  ...{ id, model: 'x', registration: 'connected' as const, technology, sim: 'ready' as const },
  ...{ rsrpDbm, sinrDb: 15, interfaceName: id, addresses: [] },
});

export const READY: BoxSnapshot = {
  ...WELL,
  drop: { phase: 'armed', sinceMs: 0 },
  isCameraLocked: true,
  plannedLinks: [
    { id: 'five', device: 'wwan0' },
    { id: 'lte', device: 'wwan1' },
  ],
  modems: { phase: 'known', modems: [modem('wwan0', '5g', -85), modem('wwan1', 'lte', -88)] },
};

export interface Change {
  readonly box?: Partial<BoxSnapshot>;
  readonly plan?: Partial<Plan>;
  readonly probes?: Partial<Record<keyof Probes, unknown>>;
}

export type Case = readonly [
  what: string,
  line: string,
  verdict: 'warn' | 'fail',
  advice: RegExp,
  change: Change,
];
