/** Runs each destination as a supervised process of its own, while a drop is live. */
import { untilAborted } from '../../../hal/os/async.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import { type RestartPolicy, supervise } from '../../../hal/os/supervise.ts';
import { runAll, type Task } from '../../../hal/os/task.ts';
import type { RtmpFigures, RtmpSettings } from '../../../pipelines/rtmp/messages.ts';
import type { FromUplink, ToUplink, UplinkSettings } from '../../../pipelines/uplink/messages.ts';
import type { DestinationConfig } from '../../config/destinations.ts';
import type { UplinkConfig } from '../../config/uplink.ts';
import type { Destination } from '../../model/destinations.ts';
import type { MediaChild } from '../children/media.ts';
import { openUnitConsumer, type UnitConsumer } from '../children/unit-consumer.ts';
import { runChosen } from './chosen.ts';
import { followRoutes, type PresentLink } from './route.ts';
import { rtmpSettings, srtSettings, tracksOf } from './settings.ts';
import { type DestinationReport, DestinationStates } from './states.ts';
import { DestinationUse } from './use.ts';
import { withinBudget } from './within-budget.ts';

export interface DestinationDeps extends ClockAndLog {
  readonly media: MediaChild;
  readonly hasSound: () => boolean;
  /** Passphrases and stream keys, by the destinations' ids. Throws where one cannot be read. */
  readonly secretOf: (id: string) => string | undefined;
  readonly onDestinations: (destinations: readonly Destination[]) => void;
  /** The bond's links, for their data budgets. */
  readonly links: () => readonly PresentLink[];
  /** What is sent takes the machine's own route: so many bytes left by this link. */
  readonly onCarried: (link: string, bytes: number) => void;
  /** The link's data budget of this month is used up. */
  readonly isSpent: (link: string) => boolean;
  /** Which of them the drop goes to, by id; undefined: to all. */
  readonly chosen: () => readonly string[] | undefined;
}

/** A server that refuses a stream is not asked more than twice a minute. */
const POLICY: RestartPolicy = { firstPauseMs: 500, longestPauseMs: 30_000, healthyMs: 30_000 };

/**
 * A task that runs all that the drop goes to. None ends or delays another, nor the task: what
 * is wrong with one is its state.
 */
export function openDestinations(uplink: UplinkConfig | undefined, deps: DestinationDeps): Task {
  const configs = (uplink?.destinations ?? []).filter(({ enabled }) => enabled);
  const states = new DestinationStates(configs, deps.onDestinations);
  if (uplink === undefined || configs.length === 0) return untilAborted;
  const { clock, log } = deps;
  const use = new DestinationUse(deps.onCarried);
  const tasks = configs.map((config) => {
    const onReport = (report: DestinationReport) => {
      states.report(config.id, report);
      use.report(config.id, report.sentBytesTotal);
    };
    const { run } = openProcess(config, uplink, onReport, deps);
    const options = {
      ...{ policy: POLICY, clock, log },
      onChange: (supervised: Parameters<DestinationStates['supervised']>[1]) =>
        states.supervised(config.id, supervised),
    };
    const task: Task = (signal) => supervise(`destination ${config.id}`, run, options, signal);
    const held = withinBudget(task, {
      spentLink: () => use.spentLink(config.id, deps.isSpent),
      onPaused: (link) => states.paused(config.id, link),
      clock,
    });
    return { id: config.id, task: held };
  });
  const running = runChosen(tasks, deps.chosen, clock);
  if (uplink.links.length === 0) return running;
  // Of several that share their address the first one is charged rather than none.
  const onLinks = (id: string, [link = null]: readonly (string | null)[]) => use.setLink(id, link);
  const routing: Task = (signal) => followRoutes(configs, onLinks, deps, signal);
  return (signal) => runAll([running, routing], signal);
}

function openProcess(
  config: DestinationConfig,
  uplink: UplinkConfig,
  onReport: (report: DestinationReport) => void,
  { media, hasSound, secretOf, clock, log }: DestinationDeps,
): Pick<UnitConsumer<never>, 'run'> {
  const tracks = () => tracksOf(config, uplink, hasSound());
  const common = { name: `destination ${config.id}`, media, clock, log };
  if (config.kind === 'srt') {
    return openUnitConsumer<UplinkSettings, ToUplink, FromUplink>({
      ...{ ...common, program: 'uplink' },
      settings: () => srtSettings(config, tracks(), secretOf(config.id)),
      onMessage: (message) => {
        if (message.type === 'figures') onReport(srtReport(message));
      },
    });
  }
  return openUnitConsumer<RtmpSettings, never, RtmpFigures>({
    ...{ ...common, program: 'rtmp' },
    settings: () => rtmpSettings(config, tracks(), secretOf(config.id)),
    onMessage: ({ type: _, ...report }) => onReport(report),
  });
}

type SrtReport = Extract<FromUplink, { type: 'figures' }>;

function srtReport({ srt, failure }: SrtReport): DestinationReport {
  const reason = srt.refusal ?? failure ?? 'no answer yet';
  return {
    phase: srt.phase,
    sentBps: srt.phase === 'connected' ? srt.sentBps : 0,
    sentBytesTotal: srt.sentBytesTotal,
    ...(srt.rttMs === undefined ? {} : { rttMs: srt.rttMs }),
    ...(srt.phase === 'connected' ? {} : { reason }),
  };
}
