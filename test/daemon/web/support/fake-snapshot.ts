/** State of a made-up box for tests of the operator's page. */
import type { PrintedSlip } from '../../../../daemon/devices/printed-slips.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';

/** Printed slips; the page loads their pictures by id. */
export function fakeSlips(png: Uint8Array): readonly PrintedSlip[] {
  const atMs = Date.now() - 60_000;
  return [
    { id: 'slip-1', atMs, title: 'Preflight', png },
    { id: 'slip-2', atMs: atMs + 30_000, title: 'Crew sheet', png },
  ];
}

export function fakeLink(id: string, over: Partial<LinkSnapshot> = {}): LinkSnapshot {
  return {
    id,
    state: 'active',
    reason: 'replies',
    isEnabled: true,
    isBackup: false,
    isSpent: false,
    rttMs: 42,
    rttMinMs: 31,
    lossPct: 0.4,
    inFlightPackets: 12,
    inFlightBytes: 16_000,
    windowBytes: 120_000,
    sharePct: 62,
    bitrateBps: 2_100_000,
    capacityBps: 6_000_000,
    provenBps: 5_200_000,
    sentPacketsTotal: 81_234,
    sentBytesTotal: 110_000_000,
    receivedBytesTotal: 2_000_000,
    lostPacketsTotal: 312,
    stallsTotal: 1,
    usedBytes: 112_000_000,
    ...over,
  };
}

/** Three boxes that share a drop: one is on air, one has lost its network. */
const FLEET: NonNullable<BoxSnapshot['fleet']> = {
  ...{ name: 'tour', leader: 'record-shop', isConnected: true, leftOut: 0 },
  drop: fleetDrop(),
  boxes: [
    { ...fleetBox('record-shop'), isOwn: true },
    { ...fleetBox('alley'), phase: 'live', ready: 'ready', viewers: 31, health: 'degraded' },
    { ...fleetBox('market'), isAway: true },
  ],
};

function fleetDrop() {
  const starts_at = new Date(Date.now() + 3_600_000).toISOString();
  return { id: 'friday', title: 'Friday Tour', starts_at, ends_at: null };
}

function fleetBox(name: string) {
  return {
    ...{ name, isOwn: false, isAway: false, drop: fleetDrop(), clock_synced: true, viewers: null },
    phase: 'idle' as const,
    ready: 'checked' as const,
    health: 'ok' as const,
    operator_url: `http://${name}.local:8081/`,
  };
}

/** A box on an ordinary evening, idle. */
export function fakeSnapshot(): BoxSnapshot {
  return {
    name: 'record-shop',
    version: '0.1.0',
    startedAt: new Date(Date.now() - 5_400_000).toISOString(),
    drop: { phase: 'idle', sinceMs: Date.now() - 754_000 },
    power: 'normal',
    shedLoads: [],
    broker: { phase: 'none' },
    sources: undefined,
    isCameraLocked: false,
    fleet: FLEET,
    warnings: [],
    camera: 'v4l2 HDMI grabber',
    sound: 'hw:CARD=sndrpihifiberry',
    encoder: 'v4l2h264enc',
    children: {
      media: { phase: 'running', restartsTotal: 0 },
      capture: { phase: 'running', restartsTotal: 1, lastFailure: 'capture exited with 139' },
      uplink: { phase: 'running', restartsTotal: 0 },
    },
    media: {
      isFlowing: true,
      http: {
        connections: 31,
        held: 28,
        requestsTotal: 90_210,
        sentBytesTotal: 912_000_000,
        droppedSlowTotal: 0,
        failedTotal: 0,
        refusedTotal: 0,
      },
      viewers: {
        viewers: 14,
        byPlayer: { venuebox: 12, native: 2 },
        stallsTotal: 3,
        stalledMsTotal: 1_200,
        switchesByProfile: {},
        heartsTotal: 0,
        startupMs: { p50: 349, p95: 612, n: 21 },
        latencyMsByRendition: {
          high: { p50: 402, p95: 533, n: 4 },
          mid: { p50: 381, p95: 470, n: 10 },
        },
      },
      partLagMs: { p50: 3.3, p95: 4.8, n: 300 },
      partsTotal: 52_000,
      heldBytes: 9_000_000,
      repeatedFramesTotal: 0,
      substitutes: {},
      suspended: [],
    },
    levels: { peakDbfs: [-14, -17.5], rmsDbfs: [-23, -26] },
    uplink: {
      phase: 'connected',
      missingLinks: [],
      targetBps: 3_600_000,
      bitrateBps: 3_400_000,
      srt: { rttMs: 58, latencyMs: 1200, retransmittedTotal: 210, droppedTotal: 0 },
      bond: {
        links: [
          fakeLink('wwan0'),
          fakeLink('wwan1', { rttMs: 88, lossPct: 2.6, sharePct: 38, bitrateBps: 1_300_000 }),
        ],
        offeredBps: 3_450_000,
        wireBps: 3_520_000,
        offeredBytesTotal: 1,
        wireBytesTotal: 1,
        resentPacketsTotal: 210,
        suppressedTotal: 4,
        droppedTotal: 0,
        switches: [],
      },
    },
    recording: [
      {
        id: 'ssd',
        folder: '/media/ssd/venuebox',
        phase: 'recording',
        freeBytes: 214e9,
        remainingS: 401_000,
        writtenBps: 4_100_000,
        lagMs: 210,
      },
      {
        id: 'card',
        folder: '/var/lib/venuebox/recordings',
        phase: 'failed',
        reason: 'the disk is full',
        freeBytes: 0,
        writtenBps: 0,
      },
    ],
    battery: {
      phase: 'known',
      source: 'waveshare-e INA219',
      chargePct: 73.4,
      voltageMv: 3921,
      currentMa: -1830,
      powerMw: -7170,
      mains: 'off',
      isCharging: false,
      timeLeftS: 8_640,
    },
    printer: { phase: 'known', isOnline: true, paper: 'low', isCoverOpen: false },
    modems: {
      phase: 'known',
      modems: [
        {
          id: '860000000000001',
          model: 'RM520N-GL',
          registration: 'connected',
          technology: '5g-nsa',
          sim: 'ready',
          operator: 'Blau',
          rsrpDbm: -84,
          sinrDb: 14,
          interfaceName: 'wwan0',
          addresses: ['10.1.2.3'],
        },
        {
          id: '860000000000002',
          model: 'EM7455',
          registration: 'connected',
          technology: 'lte',
          sim: 'ready',
          operator: 'Rot',
          rsrpDbm: -106,
          sinrDb: 3,
          interfaceName: 'wwan1',
          addresses: ['10.9.2.3'],
        },
      ],
    },
    system: {
      cpuC: 61.5,
      loadPct: 44,
      memoryTotalBytes: 4e9,
      memoryAvailableBytes: 2.6e9,
      disks: [],
      clock: { phase: 'synchronised', maxErrorMs: 9 },
      interfaces: [],
      throttling: {
        isUnderVoltage: false,
        isSlowed: false,
        isHot: false,
        wasUnderVoltage: false,
        wasSlowed: false,
      },
    },
  };
}
