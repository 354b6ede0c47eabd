/** Runs the back-fill process, and sends it each second the state of the way to the far end. */
import { resolve } from 'node:path';
import { pause, untilAborted } from '../../hal/os/async.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { type RestartPolicy, type Supervised, supervise } from '../../hal/os/supervise.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { openWorker } from '../../hal/os/worker.ts';
import type {
  BackfillFigures,
  BackfillSettings,
  FromBackfill,
  ToBackfill,
} from '../../pipelines/backfill/messages.ts';
import { isSsh } from '../config/backfill.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/file.ts';
import type { UplinkConfig } from '../config/uplink.ts';
import { budgetsOf } from '../media/data-use.ts';
import type { DataUseStore } from '../media/data-use-store.ts';
import { followRoutes } from '../media/destinations/route.ts';
import { checkSshKey, readSecretFile } from '../media/secret-file.ts';
import { namedLinks } from '../media/uplink-settings.ts';
import { withoutStale } from '../model/freshness.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { BoxState } from '../model/state-store.ts';
import {
  NO_SPARE_RATE,
  routedOf,
  type SpareRateLimits,
  sendPathOf,
  stepSpareRate,
} from './spare-rate.ts';

export interface BackfillDeps extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
  readonly dataUse: DataUseStore;
  /** What an interface of the config is called now. */
  readonly links: { readonly nameOf: (device: string) => string };
  readonly stateFolder: string;
  /** By the stream's clock. */
  readonly nowMs: () => number;
  readonly state: Pick<BoxState, 'set'>;
}

const POLICY: RestartPolicy = { firstPauseMs: 1_000, longestPauseMs: 60_000, healthyMs: 60_000 };
const OBSERVE_EVERY_MS = 1_000;
const GRACE_MS = 3_000;
/** A connection that is gone is noticed after three seconds without a packet, and reported within three. */
const NOTICED_MS = 8_000;
/** From the first packet after the return to a picture that can be shown. */
const RETURN_MS = 4_000;

/**
 * The task of a box that has somewhere to send it; others wait.
 *
 * @throws ConfigError where a file that the config names cannot be used.
 */
export function backfilling(config: Config, deps: BackfillDeps): Task {
  const { uplink } = config;
  if (uplink === undefined || uplink.backfill.url === '') return untilAborted;
  const settings = settingsOf(config, uplink, deps.stateFolder);
  const worker = openWorker<BackfillSettings, ToBackfill, FromBackfill>(
    {
      name: 'backfill',
      entry: entryPoint(import.meta.url, '../../pipelines/backfill/main'),
      graceMs: GRACE_MS,
    },
    deps,
  );
  let last = EMPTY;
  const onMessage = (message: FromBackfill) => {
    if (message.type === 'carried') {
      deps.dataUse.addBeside('backfill', message.link, message.bytes, deps.clock.wallMs());
      return;
    }
    const { type: _, ...figures } = message;
    last = figures;
    deps.state.set({ backfill: figures });
  };
  const onChange = ({ phase, lastFailure = '' }: Supervised) => {
    if (phase !== 'pausing') return;
    deps.state.set({ backfill: { ...last, phase: 'failed', reason: lastFailure } });
  };
  const run: Task = (signal) => worker.run({ settings, onMessage }, signal);
  const { clock, log } = deps;
  const route = openRoute(uplink, deps);
  return (signal) =>
    runAll(
      [
        (ends) => supervise('backfill', run, { policy: POLICY, clock, log, onChange }, ends),
        (ends) => observe(uplink, { send: worker.send, routedLink: route.link }, deps, ends),
        route.run,
      ],
      signal,
    );
}

/** The link that the machine's own route leads over: it matters where links have budgets. */
function openRoute(uplink: UplinkConfig, { links, clock }: BackfillDeps) {
  let link: string | null | undefined;
  const farEnd = { id: 'backfill', url: uplink.backfill.url };
  const onLinks = (_: string, found: readonly string[]) => {
    link = routedOf(found);
  };
  const present = () => namedLinks(uplink, links.nameOf);
  const hasBudget = uplink.links.some(
    ({ budget_mb_per_month: budgetMb }) => budgetMb !== undefined,
  );
  const run: Task = (signal) =>
    hasBudget
      ? followRoutes([farEnd], onLinks, { links: present, clock }, signal)
      : untilAborted(signal);
  return { link: () => link, run };
}

const EMPTY: BackfillFigures = {
  phase: 'idle',
  gaps: 0,
  sentBytesTotal: 0,
  filledTotal: 0,
  lostTotal: 0,
};

/** Sends what is observed once a second; a process that is away misses nothing that matters. */
async function observe(
  uplink: UplinkConfig,
  {
    send,
    routedLink,
  }: {
    readonly send: (message: ToBackfill) => void;
    readonly routedLink: () => string | null | undefined;
  },
  { snapshot, dataUse, links, nowMs, clock }: BackfillDeps,
  signal: AbortSignal,
): Promise<void> {
  let spareRate = NO_SPARE_RATE;
  while (await pause(clock, OBSERVE_EVERY_MS, signal)) {
    // One that is switched off may have the address of another, too.
    const plannedLinks = namedLinks(uplink, links.nameOf);
    const box = { ...withoutStale(snapshot()), plannedLinks };
    const { droppedTotal } = spareRate;
    const limits = { ...limitsOf(uplink, dataUse, clock.wallMs()), routedLink: routedLink() };
    spareRate = stepSpareRate(spareRate, box, limits, clock.monotonicMs());
    const isDark =
      box.uplink?.phase !== 'connected' ||
      box.uplink.reason !== undefined ||
      spareRate.droppedTotal > droppedTotal;
    const isLive = box.drop.phase === 'live' && box.uplink !== undefined;
    const observation = { nowMs: nowMs(), isLive, isDark };
    send({ type: 'observed', observation, sendPath: sendPathOf(spareRate, box) });
  }
}

function limitsOf(
  { links, bitrate_bps, backfill }: UplinkConfig,
  dataUse: DataUseStore,
  wallMs: number,
): SpareRateLimits {
  const budgets = budgetsOf(links, dataUse.useAt(wallMs));
  return { maxBps: backfill.max_bps, fullBps: bitrate_bps, budgets };
}

function settingsOf(
  { box, recording }: Config,
  { backfill, latency_ms }: UplinkConfig,
  stateFolder: string,
): BackfillSettings {
  const token = readSecretFile('uplink.backfill.token_file', backfill.token_file) ?? '';
  const { key_file: keyFile, known_hosts_file: knownHostsFile } = backfill;
  if (isSsh(backfill)) checkSshKey('uplink.backfill.key_file', keyFile);
  return {
    url: backfill.url,
    token,
    ...(isSsh(backfill) ? { ssh: { keyFile, knownHostsFile } } : {}),
    ...(backfill.ca_file === '' ? {} : { ca: readCa(backfill.ca_file) }),
    box: box.name,
    folders: recording.targets.map(({ folder }) => resolve(stateFolder, folder)),
    stateFile: resolve(stateFolder, 'backfill.json'),
    margins: { beforeMs: latency_ms + NOTICED_MS, afterMs: latency_ms + RETURN_MS },
  };
}

function readCa(file: string): string {
  try {
    return readRegular(file, CERTIFICATE_BYTES_MAX).toString();
  } catch (error) {
    const reason = `cannot be read: ${messageOf(error)}`;
    throw new ConfigError([`uplink.backfill.ca_file: ${file}: ${reason}`]);
  }
}
