import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { operatorSchema } from '../../../daemon/config/operator.ts';
import type { PanelState, SimulatedPanel } from '../../../daemon/devices/simulated-panel.ts';
import type { Slip } from '../../../daemon/devices/slips.ts';
import type { Command, Commander, Outcome } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot, DropPhase } from '../../../daemon/model/snapshot.ts';
import { LogTail } from '../../../daemon/web/log-tail.ts';
import { type OperatorDeps, runOperator } from '../../../daemon/web/server.ts';
import { RHYTHMS } from '../../../hal/gpio/rhythm.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { TEST_PIN_HASH } from '../../support/operator.ts';

/** An operator's page in front of a box that is made up. */
export interface FakeBox extends AsyncDisposable {
  readonly url: string;
  readonly commands: readonly Command[];
  readonly touched: readonly string[];
  readonly logTail: LogTail;
  /** Lays something over the snapshot. */
  set(change: Partial<BoxSnapshot>): void;
  /** Makes the monotonic clock jump. */
  skip(ms: number): void;
  /** Resolves when the server has ended; rejects with what ended it. */
  readonly ended: Promise<void>;
}

export interface FakeBoxOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly deps?: Partial<OperatorDeps>;
  readonly port?: number;
  /** Divides every wait of the server. */
  readonly hurry?: number;
}

export async function startFakeBox(options: FakeBoxOptions = {}): Promise<FakeBox> {
  const port = options.port ?? (await freePort());
  const stateFolder = await mkdtemp(join(tmpdir(), 'venuebox-operator-'));
  const config = v.parse(operatorSchema, {
    host: '127.0.0.1',
    port,
    pin_hash: TEST_PIN_HASH,
    ...options.config,
  });
  const commands: Command[] = [];
  const touched: string[] = [];
  const logTail = new LogTail();
  let skippedMs = 0;
  let snapshot = fakeSnapshot();
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / (options.hurry ?? 1), signal),
  };
  const set = (change: Partial<BoxSnapshot>) => {
    snapshot = { ...snapshot, ...change };
  };
  const commander = fakeCommander(commands, (phase) =>
    set({ drop: { phase, sinceMs: Date.now() } }),
  );
  const ending = new AbortController();
  const ended = runOperator(
    config,
    {
      boxName: 'venuebox',
      snapshot: () => ({ ...snapshot, levels: liveLevels(snapshot) }),
      commander,
      slips: () => [],
      logTail,
      panel: fakePanel(touched),
      viewers: { port: 8080, previewPath: '/preview/x' },
      stateFolder,
      onNewPin: () => undefined,
      clock,
      log: silentLog,
      ...options.deps,
    },
    ending.signal,
  );
  ended.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  if (options.port === undefined && config.tls === undefined) {
    await until(async () => (await fetch(`${url}/favicon.svg`)).ok, 15_000);
  }
  return {
    url,
    commands,
    touched,
    logTail,
    set,
    skip: (ms) => {
      skippedMs += ms;
    },
    ended,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await ended.catch(() => undefined);
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

/** Levels are a new object ten times a second, as those of the media process. */
function liveLevels({ levels }: BoxSnapshot): BoxSnapshot['levels'] {
  if (levels === undefined) return undefined;
  const wobble = Math.sin(Date.now() / 400) * 4;
  return {
    peakDbfs: levels.peakDbfs.map((peak) => Math.min(0, Math.round((peak + wobble) * 10) / 10)),
    rmsDbfs: levels.rmsDbfs.map((rms) => Math.min(0, Math.round((rms + wobble) * 10) / 10)),
  };
}

const NEXT: Partial<Record<Command['verb'], DropPhase>> = {
  arm: 'armed',
  disarm: 'idle',
  'go-live': 'live',
  end: 'idle',
};

const CHECKS = [
  { name: 'camera', verdict: 'pass', evidence: 'HDMI grabber gives frames', advice: '' },
  { name: 'sound', verdict: 'pass', evidence: '-14 dBFS', advice: '' },
  {
    name: 'battery',
    verdict: 'warn',
    evidence: '73 %, 2 h 24 left; the drop is planned for 3 h',
    advice: 'Plug in the mains.',
  },
  { name: 'disk', verdict: 'fail', evidence: 'card is full', advice: 'Put in another card.' },
];

function fakeCommander(commands: Command[], enter: (phase: DropPhase) => void): Commander {
  return {
    run: async (command, onProgress): Promise<Outcome> => {
      commands.push(command);
      onProgress({ detail: 'checking the disk', ratio: 0.5 });
      if (command.verb === 'print') {
        return { status: 'rejected', code: 'UNSUPPORTED', detail: 'no such document' };
      }
      const phase = NEXT[command.verb];
      if (phase !== undefined) enter(phase);
      if (command.verb === 'preflight') {
        return {
          status: 'done',
          detail: '2 passed, 1 to know, 1 failed',
          result: { checks: CHECKS },
        };
      }
      return { status: 'done', detail: `${command.verb} is done` };
    },
  };
}

function fakePanel(touched: string[]): SimulatedPanel {
  let state: PanelState = {
    buttons: [
      { name: 'start', label: 'START' },
      { name: 'mark', label: 'MARK' },
    ],
    lamps: [
      lamp('power', 'Power', RHYTHMS.steady, 'on mains'),
      lamp('air', 'On air', RHYTHMS.wink, 'idle'),
      lamp('links', 'Links', RHYTHMS.double, 'one link is down'),
      lamp('sound', 'Sound', RHYTHMS.steady, 'sound comes in'),
      lamp('recording', 'Recording', RHYTHMS.off, 'not recording'),
    ],
    battery: { chargePct: 73, isMainsOn: true },
    devices: [
      { name: 'camera', label: 'Camera', isPlugged: true },
      { name: 'microphone', label: 'Microphone', isPlugged: true },
      { name: 'printer', label: 'Printer', isPlugged: true },
      { name: 'sima0', label: 'Link sima0', isPlugged: false },
    ],
  };
  const battery = () => state.battery ?? { chargePct: 0, isMainsOn: true };
  return {
    state: () => state,
    press: (button) => touched.push(`press ${button}`),
    release: (button) => touched.push(`release ${button}`),
    setCharge: (chargePct) => {
      touched.push(`charge ${chargePct}`);
      state = { ...state, battery: { ...battery(), chargePct } };
    },
    setMains: (isMainsOn) => {
      touched.push(`mains ${isMainsOn}`);
      state = { ...state, battery: { ...battery(), isMainsOn } };
    },
    setPlugged: (device, isPlugged) => {
      touched.push(`${device} ${isPlugged}`);
      const devices = state.devices.map((of) => (of.name === device ? { ...of, isPlugged } : of));
      state = { ...state, devices };
    },
  };
}

function lamp(name: string, label: string, rhythm: readonly number[], meaning: string) {
  return { name, label, rhythm, meaning, sinceMs: Date.now() };
}

/** Slips of dots; the page asks for them by id. */
export function fakeSlips(png: Uint8Array): readonly Slip[] {
  const atMs = Date.now() - 60_000;
  return [
    { id: 'slip-1', atMs, title: 'Preflight', png },
    { id: 'slip-2', atMs: atMs + 30_000, title: 'Field card', png },
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
    rttLeastMs: 31,
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
    pullsTotal: 1,
    usedBytes: 112_000_000,
    ...over,
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
    resting: [],
    broker: { phase: 'none' },
    isCameraLocked: false,
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
