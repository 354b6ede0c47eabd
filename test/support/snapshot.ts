/** Snapshots of a box in each of its states. */
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import type { MediaFigures } from '../../pipelines/media/messages.ts';

const FIGURES: MediaFigures = {
  isFlowing: true,
  http: {
    connections: 0,
    held: 0,
    requestsTotal: 0,
    sentBytesTotal: 0,
    droppedSlowTotal: 0,
    failedTotal: 0,
    refusedTotal: 0,
  },
  viewers: {
    viewers: 3,
    byPlayer: {},
    stallsTotal: 0,
    stalledMsTotal: 0,
    switchesByProfile: {},
    heartsTotal: 0,
    startupMs: undefined,
    latencyMsByRendition: {},
  },
  partLagMs: { p50: 3, p95: 5, n: 50 },
  partsTotal: 100,
  heldBytes: 1_000_000,
  repeatedFramesTotal: 0,
  substitutes: {},
  suspended: [],
};

export const figures = (change: Partial<MediaFigures> = {}): MediaFigures => ({
  ...FIGURES,
  ...change,
});

/** Of a box that shows another one's stream. */
export const EDGE: NonNullable<MediaFigures['edge']> = {
  requestsTotal: 1_000,
  hitsTotal: 700,
  collapsedTotal: 280,
  staleTotal: 3,
  upstreamTotal: 20,
  upstreamFailuresTotal: 1,
  heldBytes: 2_000_000,
  upstream: { url: 'http://10.0.0.5:8080', phase: 'live' },
};

const RUNNING = { phase: 'running', restartsTotal: 0 } as const;

/** A box on air with all well: two links, two recordings, mains on. */
export const WELL: BoxSnapshot = {
  name: 'venuebox',
  version: '0.0.0',
  startedAt: '2026-11-22T19:00:00.000Z',
  drop: { phase: 'live', sinceMs: Date.UTC(2026, 10, 22, 20), dropId: '2026-11-22T20-00-00Z' },
  power: 'normal',
  shedLoads: [],
  broker: { phase: 'none' },
  sources: {
    camera: { phase: 'live', framesPerS: 30, repeatedTotal: 0 },
    sound: { phase: 'live', channels: 2, silentS: 0 },
  },
  isCameraLocked: false,
  warnings: [],
  camera: 'test picture',
  sound: 'test tone',
  encoder: 'x264enc',
  children: {
    media: RUNNING,
    capture: RUNNING,
    camera: RUNNING,
    sound: RUNNING,
    uplink: RUNNING,
  },
  media: FIGURES,
  levels: { peakDbfs: [-12, -12.5], rmsDbfs: [-20, -20] },
  uplink: {
    phase: 'connected',
    missingLinks: [],
    targetBps: 2_400_000,
    bitrateBps: 2_300_000,
    srt: { rttMs: 40, latencyMs: 1_000, retransmittedTotal: 0, droppedTotal: 0 },
    bond: {
      links: [link('wwan0'), link('eth0')],
      offeredBps: 2_300_000,
      wireBps: 2_400_000,
      offeredBytesTotal: 1,
      wireBytesTotal: 1,
      resentPacketsTotal: 0,
      suppressedTotal: 0,
      droppedTotal: 0,
      switches: [],
    },
  },
  recording: [recordingTo('sd'), recordingTo('usb')],
  battery: {
    phase: 'known',
    source: 'simulated',
    chargePct: 90,
    voltageMv: 4_000,
    currentMa: 0,
    mains: 'on',
  },
  printer: { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false },
  modems: { phase: 'absent' },
  system: {
    cpuC: 48,
    throttling: {
      isUnderVoltage: false,
      isSlowed: false,
      isHot: false,
      wasUnderVoltage: false,
      wasSlowed: false,
    },
    loadPct: 20,
    disks: [{ mount: '/', device: '/dev/mmcblk0p2', totalBytes: 32e9, freeBytes: 20e9 }],
    clock: { phase: 'synchronised', maxErrorMs: 12 },
    interfaces: [],
  },
};

export function link(id: string, state: 'active' | 'stalled' | 'out' = 'active') {
  return {
    id,
    state,
    reason: '',
    isEnabled: true,
    isBackup: false,
    isSpent: false,
    rttMs: 40,
    lossPct: 0,
    inFlightPackets: 1,
    inFlightBytes: 1_000,
    windowBytes: 100_000,
    sharePct: 50,
    bitrateBps: 1_200_000,
    capacityBps: 5_000_000,
    provenBps: 2_000_000,
    sentPacketsTotal: 1,
    sentBytesTotal: 1,
    receivedBytesTotal: 1,
    lostPacketsTotal: 0,
    stallsTotal: 0,
    usedBytes: 1,
  };
}

export function recordingTo(id: string, phase: 'off' | 'recording' | 'failed' = 'recording') {
  return {
    id,
    folder: `/media/${id}`,
    phase,
    freeBytes: 20e9,
    remainingS: 20_000,
    writtenBps: 2_500_000,
    lagMs: 300,
    ...(phase === 'failed' ? { reason: 'no space left' } : {}),
  };
}
