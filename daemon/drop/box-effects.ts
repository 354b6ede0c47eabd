/** What a drop does to the rest of the box. */
import { pause } from '../../hal/os/async.ts';
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { BoxState } from '../model/state-store.ts';
import type { DropEffects } from './effects.ts';
import { type DropMachine, openDrop } from './machine.ts';

/**
 * What was sent last is sent again where it got lost, for as long as SRT's latency. Processes
 * that send nothing for 5 s count as stalled.
 */
const TAIL_MAX_MS = 4_000;

interface Affected {
  readonly mediaPath: {
    setCapturing(isWanted: boolean): void;
    setUplinking(isWanted: boolean): void;
    setRecording(dropId: string | undefined, signal: AbortSignal): Promise<void>;
    clip(
      label: string | undefined,
      signal: AbortSignal,
    ): Promise<{
      readonly id: string;
      readonly path: string;
      readonly durationS: number;
    }>;
    endStream(): void;
  };
  readonly state: BoxState;
  readonly onEvent: (event: BoxEvent) => void;
  readonly hasClips: () => boolean;
  /** Of SRT; 0 without an uplink. */
  readonly latencyMs: () => number;
  readonly playerUrl: string;
  readonly powerOff: () => Promise<void>;
  readonly clock: Clock;
}

/** @param untilEnd Aborts when the box ends. */
export function openDropEffects(box: Affected, untilEnd: AbortSignal): DropEffects {
  const { mediaPath, state, onEvent, clock } = box;
  return {
    setCapturing: (isWanted) => {
      mediaPath.setCapturing(isWanted);
      if (!isWanted) state.set({ levels: undefined });
    },
    beginDrop: async (dropId) => {
      mediaPath.setUplinking(true);
      await mediaPath.setRecording(dropId, untilEnd);
    },
    endDrop: async () => {
      mediaPath.endStream();
      const lastSent = pause(clock, Math.min(box.latencyMs(), TAIL_MAX_MS), untilEnd);
      const sent = lastSent.then(() => mediaPath.setUplinking(false));
      await Promise.all([sent, mediaPath.setRecording(undefined, untilEnd)]);
      state.set({ media: undefined, levels: undefined, uplink: undefined });
    },
    mark: async ({ atMs, label }) => {
      const marked = { atMs, ...(label === undefined ? {} : { label }) };
      if (!box.hasClips()) return marked;
      const { id, path, durationS } = await mediaPath.clip(label, untilEnd);
      const clip = { id, url: new URL(path, state.snapshot().playerUrl).href, durationS };
      onEvent({ type: 'clip.made', severity: 'info', atMs: clock.wallMs(), data: clip });
      return { ...marked, clip };
    },
    powerOff: box.powerOff,
  };
}

interface OwnDrop extends Omit<Affected, 'hasClips' | 'latencyMs'> {
  /** The config that is in force. */
  readonly live: {
    current(): {
      readonly clips: { readonly folder: string };
      readonly drop: { readonly resume_within_s: number };
      readonly uplink?: { readonly latency_ms: number } | undefined;
    };
  };
  /** It shows another box's stream: it starts no drop of its own, and resumes none. */
  readonly isEdge: boolean;
  /** Why it has no picture now; undefined where it runs as it should. */
  readonly safeMode?: string | undefined;
  readonly start: 'idle' | 'live';
  readonly stateFolder: string;
  readonly untilEnd: AbortSignal;
  readonly log: Log;
}

/** The drop of a box, joined with what it does to the rest of it. */
export function openOwnDrop(box: OwnDrop): Promise<DropMachine> {
  const { live, isEdge, state } = box;
  const hasClips = () => live.current().clips.folder !== '';
  const latencyMs = () => live.current().uplink?.latency_ms ?? 0;
  return openDrop({
    ...box,
    stateFile: `${box.stateFolder}/drop.json`,
    start: isEdge ? 'idle' : box.start,
    resumeWithinS: isEdge ? 0 : live.current().drop.resume_within_s,
    effects: openDropEffects({ ...box, hasClips, latencyMs }, box.untilEnd),
    isKeeping: box.safeMode !== undefined,
    snapshot: () => state.snapshot(),
    boot: openBootClock(),
  });
}
