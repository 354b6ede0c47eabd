/** A server of the operator's page in front of a made-up box. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { operatorSchema } from '../../../../daemon/config/operator.ts';
import type { Command, Commander, Outcome } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot, DropPhase } from '../../../../daemon/model/snapshot.ts';
import { LiveConfig } from '../../../../daemon/settings/live-config.ts';
import { loadSettings } from '../../../../daemon/settings/load.ts';
import { SignInOpening } from '../../../../daemon/web/access/opening.ts';
import { openSettings } from '../../../../daemon/web/crew/open-settings.ts';
import { LogTail } from '../../../../daemon/web/log-tail.ts';
import { type OperatorDeps, runOperator } from '../../../../daemon/web/server.ts';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';
import { TEST_PIN_HASH } from '../../../support/operator.ts';
import { fakePanel } from './fake-panel.ts';
import { fakeSnapshot } from './fake-snapshot.ts';

export interface FakeBox extends AsyncDisposable {
  readonly url: string;
  /** What it keeps. */
  readonly folder: string;
  readonly commands: readonly Command[];
  readonly panelActions: readonly string[];
  readonly logTail: LogTail;
  /** Replaces a part of the snapshot. */
  set(change: Partial<BoxSnapshot>): void;
  /** Advances the monotonic clock. */
  skip(ms: number): void;
  /** Resolves when the server has ended; rejects with what ended it. */
  readonly ended: Promise<void>;
}

const UPLINK_TESTED = {
  status: 'done',
  detail: 'the uplink was tested',
  result: {
    wantedBps: 4_000_000,
    reachedBps: 4_000_000,
    links: [
      { id: '5g', bps: 4_000_000 },
      { id: 'lte', bps: 1_200_000 },
    ],
  },
} as const;

export interface FakeBoxOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly deps?: Partial<OperatorDeps>;
  readonly port?: number;
  /** Divides every wait of the server. */
  readonly speed?: number;
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
  const panelActions: string[] = [];
  const logTail = new LogTail();
  let skippedMs = 0;
  let snapshot = fakeSnapshot();
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / (options.speed ?? 1), signal),
  };
  const set = (change: Partial<BoxSnapshot>) => {
    snapshot = { ...snapshot, ...change };
  };
  const commander = fakeCommander(commands, (phase) =>
    set({ drop: { phase, sinceMs: Date.now() } }),
  );
  const ending = new AbortController();
  const loaded = await loadSettings(stateFolder, { source: 'box.yaml', yaml: '', overrides: [] });
  const operated = { ...loaded, config: { ...loaded.config, operator: config } };
  const live = new LiveConfig(operated, { clock: systemClock, log: silentLog });
  const settings = openSettings({
    ...{ loaded: operated, live, stateFolder, clock, log: silentLog, end: () => ending.abort() },
    ...{ snapshot: () => snapshot, notify: { hasReceiver: false } },
    mediaPath: { refresh: () => undefined, endedLeftMs: () => 0 },
    source: { use: async () => undefined, check: async () => undefined },
    untilEnd: ending.signal,
  });
  const ended = runOperator(
    config,
    {
      boxName: 'venuebox',
      snapshot: () => ({ ...snapshot, levels: liveLevels(snapshot) }),
      commander,
      slips: () => [],
      prints: {
        jobs: () => [],
        preview: async () => undefined,
        reprint: async () => ({ status: 'done', detail: 'again' }),
        resolve: async () => ({ status: 'done', detail: 'noted' }),
      },
      logTail,
      panel: fakePanel(panelActions),
      viewers: () => ({ port: 8080, previewPath: '/preview/x', hasWhep: false }),
      streamNowMs: () => Date.now(),
      stateFolder,
      opening: new SignInOpening(clock),
      onNewPin: () => undefined,
      reports: { list: () => [], records: { list: () => [], read: () => undefined } },
      service: { newest: () => [], csv: async () => 'order' },
      forgetClips: () => undefined,
      onEvent: () => undefined,
      testUplink: async () => UPLINK_TESTED,
      notify: { hasReceiver: false },
      end: () => ending.abort(),
      ...{ live, settings },
      clock,
      log: silentLog,
      ...options.deps,
    },
    ending.signal,
  );
  let isOver = false;
  const noteEnd = () => {
    isOver = true;
  };
  ended.then(noteEnd, noteEnd);
  const url = `http://127.0.0.1:${port}`;
  if (options.port === undefined && config.tls === undefined) {
    const serves = until(async () => isOver || (await fetch(`${url}/favicon.svg`)).ok, 60_000);
    // Where it ends instead, that is the reason.
    await Promise.race([serves, ended]);
  }
  return {
    url,
    folder: stateFolder,
    commands,
    panelActions,
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
          detail: '2 passed, 1 warnings, 1 failed',
          result: { checks: CHECKS },
        };
      }
      return { status: 'done', detail: `${command.verb} is done` };
    },
  };
}
