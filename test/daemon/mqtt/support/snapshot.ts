/** Snapshots of a box: one with all values known, one with none. */
import type { Commander } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { BoxFacts } from '../../../../daemon/mqtt/payloads/snapshot-payloads.ts';
import type { LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import { shop } from './shop.ts';

const RUNNING = { phase: 'running', restartsTotal: 0 } as const;

export const FACTS: BoxFacts = {
  model: 'Raspberry Pi 5 Model B Rev 1.0',
  nodeVersion: 'v20.20.2',
  renditions: ['high', 'mid', 'low'],
  capabilities: ['record', 'print', 'bond'],
  drop: {
    ...{ id: 'record-shop', title: 'Live from the record shop' },
    ...{ startsAt: '2026-05-01T20:00:00Z', endsAt: '2026-05-01T21:30:00Z' },
  },
};

const FRIDAY = { id: 'friday', title: 'Friday', startsAt: '2026-05-01T20:00:00Z', endsAt: '' };
/** Topics of what somebody has to ask for first. */
export const READINESS: readonly string[] = ['checklist', 'rehearsal', 'survey'];

/** A list of coming drops. */
export const DROPS = {
  shown: FRIDAY,
  list: [{ ...FRIDAY, pictureFile: '', profile: '', articles: 0, phase: 'shown' }],
  faults: ['drops.yaml:7: title is missing'],
  file: 'drops.yaml',
} as const;

/** A live box: every value is known. */
export function fullSnapshot(changes: Partial<BoxSnapshot> = {}): BoxSnapshot {
  return {
    name: 'corner',
    version: '0.1.0',
    startedAt: '2026-05-01T00:00:00.000Z',
    drop: { phase: 'live', sinceMs: Date.UTC(2026, 4, 1), dropId: '2026-05-01T20-00-05Z' },
    power: 'normal',
    shedLoads: [],
    broker: { phase: 'connected' },
    events: { waiting: 2, lostTotal: 0, lostNow: 0 },
    sources: undefined,
    isCameraLocked: false,
    warnings: [
      {
        key: 'link-down.wwan0',
        severity: 'warning',
        sinceMs: Date.UTC(2026, 4, 1),
        text: 'wwan0 carries nothing',
        advice: 'Look at its antenna.',
      },
    ],
    camera: 'test picture 1280x720',
    sound: 'test tone',
    encoder: 'x264enc',
    children: { capture: RUNNING, media: RUNNING, uplink: RUNNING },
    media: {
      isFlowing: true,
      push: {
        part: { clients: 3, skippedTotal: 2, slowTotal: 1 },
        frame: { clients: 1, skippedTotal: 0, slowTotal: 0 },
      },
      http: {
        connections: 12,
        held: 4,
        requestsTotal: 123_456,
        sentBytesTotal: 987_654_321,
        droppedSlowTotal: 1,
        failedTotal: 0,
        refusedTotal: 2,
      },
      viewers: {
        viewers: 42,
        byPlayer: { venuebox: 40, native: 2 },
        stallsTotal: 3,
        stalledMsTotal: 1_234,
        switchesByProfile: {},
        heartsTotal: 0,
        startupMs: { p50: 900, p95: 2_100, n: 42 },
        latencyMsByRendition: {
          high: { p50: 1_500, p95: 2_200, n: 30 },
          low: { p50: 2_000, p95: 3_100, n: 12 },
        },
      },
      partLagMs: { p50: 21, p95: 34, n: 100 },
      partsTotal: 54_321,
      heldBytes: 12_345_678,
      repeatedFramesTotal: 7,
      framesPerS: 29.97,
      edge: {
        requestsTotal: 20_000,
        hitsTotal: 15_000,
        collapsedTotal: 4_800,
        staleTotal: 12,
        upstreamTotal: 230,
        upstreamFailuresTotal: 4,
        heldBytes: 8_100_000,
        upstream: { url: 'http://10.0.0.5:8080', phase: 'live' },
      },
      substitutes: {},
      suspended: [],
    },
    levels: { peakDbfs: [-6.1, -0.05], rmsDbfs: [-18.4, -12.3] },
    uplink: {
      phase: 'connected',
      missingLinks: [],
      targetBps: 4_000_000,
      bitrateBps: 3_912_345,
      srt: { rttMs: 48, latencyMs: 400, retransmittedTotal: 123, droppedTotal: 2 },
      bond: {
        links: [link('eth0'), link('wwan0'), { ...link('wwan1'), state: 'stalled' }],
        offeredBps: 4_000_000,
        wireBps: 4_200_000,
        offeredBytesTotal: 1_000_000,
        wireBytesTotal: 1_100_000,
        resentPacketsTotal: 12,
        suppressedTotal: 3,
        droppedTotal: 1,
        switches: [],
      },
    },
    backfill: {
      ...{ phase: 'sending', gaps: 1, sentBytesTotal: 12_345_678 },
      ...{ filledTotal: 2, lostTotal: 0 },
    },
    destinations: [
      {
        ...{ id: 'archive', kind: 'srt', phase: 'connected', sentBps: 3_900_000 },
        ...{ sentBytesTotal: 98_765_432, rttMs: 2.5, restartsTotal: 0 },
      },
      {
        ...{ id: 'youtube', kind: 'rtmp', phase: 'connecting', reason: 'the server refused' },
        ...{ sentBps: 0, sentBytesTotal: 0, restartsTotal: 7 },
      },
    ],
    recording: [
      {
        id: 'main',
        folder: '/srv/main',
        phase: 'recording',
        freeBytes: 64_000_000_000,
        remainingS: 86_400,
        writtenBps: 2_534_000,
        lagMs: 213,
      },
      { id: 'spare', folder: '/srv/spare', phase: 'failed', reason: 'pulled', writtenBps: 0 },
    ],
    battery: {
      phase: 'known',
      source: 'INA219 at 1-0043',
      chargePct: 87.25,
      voltageMv: 8_123,
      currentMa: -1_234.5,
      powerMw: -10_021.4,
      mains: 'off',
      isCharging: false,
      timeLeftS: 12_345,
    },
    printer: { phase: 'known', isOnline: true, paper: 'low', isCoverOpen: false },
    prints: { waiting: 1, printedTotal: 17, failedTotal: 2 },
    shop: shop(60_000),
    modems: {
      phase: 'known',
      modems: [modem('wwan0', '350000000000001'), modem('wwan1', '350000000000002')],
    },
    modemMaintenance: [
      { id: '350000000000001', model: 'RM502Q-AE', usedBytes: 9_000_000_000, budgetBytes: 5e10 },
    ],
    system: {
      cpuC: 61.35,
      throttling: {
        isUnderVoltage: false,
        isSlowed: false,
        isHot: false,
        wasUnderVoltage: true,
        wasSlowed: false,
      },
      loadPct: 37,
      memoryTotalBytes: 4_000_000_000,
      memoryAvailableBytes: 3_000_000_000,
      disks: [
        { mount: '/', device: '/dev/mmcblk0p2', totalBytes: 32e9, freeBytes: 20e9, wornPct: 10 },
      ],
      clock: { phase: 'synchronised', maxErrorMs: 12, offsetMs: -0.042 },
      interfaces: [
        {
          name: 'eth0',
          isUp: true,
          addresses: ['192.0.2.7', '2001:db8::7'],
          rxBytesTotal: 1,
          txBytesTotal: 2,
        },
      ],
    },
    ...changes,
  };
}

/** A box with no value known yet. */
export function bareSnapshot(changes: Partial<BoxSnapshot> = {}): BoxSnapshot {
  return {
    name: 'corner',
    version: '0.1.0',
    startedAt: '2026-05-01T00:00:00.000Z',
    drop: { phase: 'idle', sinceMs: Date.UTC(2026, 4, 1) },
    power: 'normal',
    shedLoads: [],
    broker: { phase: 'none' },
    sources: undefined,
    isCameraLocked: false,
    warnings: [],
    camera: 'none',
    sound: 'none',
    encoder: 'none',
    children: { media: RUNNING, uplink: RUNNING },
    media: undefined,
    levels: undefined,
    uplink: undefined,
    recording: [],
    battery: { phase: 'absent' },
    printer: { phase: 'absent' },
    modems: { phase: 'absent' },
    system: undefined,
    ...changes,
  };
}

function link(id: string): LinkSnapshot {
  return {
    id,
    state: 'active',
    reason: 'registered',
    isEnabled: true,
    isBackup: false,
    isSpent: false,
    rttMs: 47,
    rttMinMs: 41,
    lossPct: 0.123456,
    inFlightPackets: 61,
    inFlightBytes: 80_000,
    windowBytes: 151_234,
    sharePct: 33.3333,
    bitrateBps: 1_402_345.678,
    capacityBps: 6_000_000,
    provenBps: 4_000_000,
    sentPacketsTotal: 123_456,
    sentBytesTotal: 165_000_000,
    receivedBytesTotal: 4_000_000,
    lostPacketsTotal: 12,
    stallsTotal: 1,
    usedBytes: 169_000_000,
  };
}

function modem(interfaceName: string, id: string) {
  return {
    id,
    model: 'RM502Q-AE',
    registration: 'connected',
    technology: '5g-nsa',
    sim: 'ready',
    operator: 'Example Mobile',
    rsrpDbm: -92,
    rsrqDb: -11.5,
    sinrDb: 14.25,
    interfaceName,
    addresses: ['198.51.100.3'],
    rxBytesTotal: 1_000,
    txBytesTotal: 2_000,
  } as const;
}

/** A commander that does every command at once. */
export const willing: Commander = {
  run: async ({ verb }) => ({ status: 'done', detail: `${verb}: done`, result: { verb } }),
};
