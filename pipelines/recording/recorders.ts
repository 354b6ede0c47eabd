/** Redundant recording: one recorder process for each target. */
import { join } from 'node:path';
import { type Clock, monotonicMs } from '../../hal/os/clock.ts';
import { openTempFolder } from '../../hal/os/files/temp-folder.ts';
import type { Log } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { type RestartPolicy, type Supervised, supervise } from '../../hal/os/supervise.ts';
import { runAll } from '../../hal/os/task.ts';
import { openWorker } from '../../hal/os/worker.ts';
import { withFeed } from '../feed/feed-server.ts';
import { Outbox } from '../feed/outbox.ts';
import { PartTap } from '../feed/tap.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { ReplayEvent } from './replay.ts';
import type { FromRecorder, RecorderSettings, TargetSettings, TargetState } from './settings.ts';

export interface RecordersOptions {
  readonly presentation: Presentation;
  /** Tracks to record, the leading one first: the top rendition and the audio. */
  readonly trackIds: readonly string[];
  readonly targets: readonly TargetSettings[];
  readonly clock: Clock;
  readonly log: Log;
  readonly onState: (states: readonly TargetState[]) => void;
  /** Media up to this time is on the target's disk, and in its journal. */
  readonly onSynced?: (targetId: string, untilUs: number) => void;
  /** For the replay. */
  readonly onReplayEvent?: (target: TargetSettings, event: ReplayEvent) => void;
  /** For tests on machines that are slow: {@link STANDS_MAX_MS} otherwise. */
  readonly standsMaxMs?: number;
}

export interface Recorders {
  /** A track has published: call it from the presentation's `onPublish`. */
  collect(trackId: string): void;
  setOn(isOn: boolean, dropId?: string): void;
  states(): readonly TargetState[];
  /**
   * Runs the recorders until `signal` aborts; then each has written what it received
   * and closed its files, or was ended after {@link GRACE_MS}.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Back before the outbox drops what is queued for it, and no busy loop where it cannot start. */
const POLICY: RestartPolicy = { firstPauseMs: 100, longestPauseMs: 5_000, healthyMs: 10_000 };
/** Time for the last bytes to reach a slow disk. */
const GRACE_MS = 8_000;

/**
 * For so long its disk may finish nothing. Nothing is lost: its parts wait for 30 s, and another
 * process gets them from the outbox. A disk that is at work has those 30 s (see DiskFault).
 */
const STANDS_MAX_MS = 10_000;

interface Slot {
  readonly target: TargetSettings;
  readonly outbox: Outbox;
  state: TargetState;
  /** When its recorder last sent its state. */
  receivedMs: number;
}

/** A recorder sends its state once a second, whatever its disk does; one that is silent hangs. */
const SILENT_MS = 4_000;

export function openRecorders(options: RecordersOptions): Recorders {
  const { presentation, trackIds, targets, clock } = options;
  const slots = targets.map(
    (target): Slot => ({
      target,
      outbox: new Outbox(trackIds[0] ?? ''),
      state: failedState(target, 'its recorder is starting'),
      receivedMs: clock.monotonicMs(),
    }),
  );
  const states = () => slots.map((slot) => stateNow(slot, clock.monotonicMs()));
  const tap = new PartTap(presentation, trackIds, {
    onInit: (trackId, initId, bytes) => {
      for (const { outbox } of slots) outbox.setInit({ type: 'init', trackId, initId, bytes });
    },
    onPart: (part) => {
      const publishedMs = monotonicMs();
      for (const { outbox } of slots) outbox.add(part, publishedMs);
    },
  });
  const onState = (slot: Slot, state: TargetState) => {
    slot.state = state;
    slot.receivedMs = clock.monotonicMs();
    options.onState(states());
  };
  return {
    collect: (trackId) => tap.collect(trackId),
    setOn: (isOn, dropId) => {
      const { epochMs } = presentation;
      const drop = isOn ? { epochMs, ...(dropId === undefined ? {} : { dropId }) } : undefined;
      for (const { outbox } of slots) outbox.setDrop(drop);
    },
    states,
    run: async (signal) => {
      await using folder = await openTempFolder('vb-rec-');
      const tasks = slots.map((slot, i) => (ends: AbortSignal) => {
        const socketPath = join(folder.path, String(i));
        const run = (stop: AbortSignal) => runSlot(slot, socketPath, options, onState, stop);
        const { log } = options;
        const onChange = ({ phase, lastFailure = '' }: Supervised) => {
          if (phase === 'pausing') onState(slot, failedState(slot.target, lastFailure));
        };
        const name = `recorder ${slot.target.id}`;
        return supervise(name, run, { policy: POLICY, clock, log, onChange }, ends);
      });
      await runAll(tasks, signal);
    },
  };
}

/** One run of one recorder: its socket, and the process behind it. */
async function runSlot(
  slot: Slot,
  socketPath: string,
  { trackIds, clock, log, onSynced, onReplayEvent, standsMaxMs }: RecordersOptions,
  onState: (slot: Slot, state: TargetState) => void,
  signal: AbortSignal,
): Promise<void> {
  const { target, outbox } = slot;
  const onMessage = (message: FromRecorder) => {
    if (message.type === 'state') onState(slot, message.state);
    else if (message.type === 'replay') onReplayEvent?.(target, message.event);
    else if (message.type === 'synced') {
      outbox.setWritten(message.msn);
      onSynced?.(target.id, message.untilUs);
    } else log.info(message.text, message.fields);
  };
  const worker = openWorker<RecorderSettings, never, FromRecorder>(
    {
      name: `recorder ${target.id}`,
      entry: entryPoint(import.meta.url, './main'),
      graceMs: GRACE_MS,
      standsMaxMs: standsMaxMs ?? STANDS_MAX_MS,
      askToEnd: () => outbox.close(),
    },
    { clock, log },
  );
  const settings = { target, trackIds, socketPath };
  const run = () => worker.run({ settings, onMessage }, signal);
  await withFeed(outbox, socketPath, run, signal);
}

function stateNow({ state, receivedMs }: Slot, nowMs: number): TargetState {
  if (state.phase === 'failed' || nowMs - receivedMs < SILENT_MS) return state;
  const reason = `${state.folder}: its recorder does not answer`;
  return { ...state, phase: 'failed', failure: 'slow', reason };
}

function failedState({ id, folder }: TargetSettings, reason: string): TargetState {
  const [phase, failure] = ['failed', 'broken'] as const;
  return { id, folder, phase, failure, reason, writtenBps: 0, failuresTotal: 0, lostMs: 0 };
}
