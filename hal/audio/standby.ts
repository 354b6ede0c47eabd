import type { LaunchFragment } from '../gst/launch.ts';
import { messageOf } from '../os/log.ts';
import type { Presence } from '../os/presence.ts';
import type { Sound } from './port.ts';

/** A sound whose place silence takes while its device is away. */
export interface StandbySound extends Sound {
  /** What `source` is for now, as the last `check` found it. */
  readonly now: Presence;
}

/** Silence keeps the sound's track going, which players would wait for. */
const SILENCE: LaunchFragment = {
  launch: 'audiotestsrc is-live=true wave=silence samplesperbuffer=480 ! audio/x-raw,rate=48000',
  stamping: 'clock',
  isSteady: true,
  needs: { audiotestsrc: 'gstreamer1.0-plugins-base' },
};

/**
 * Lets the picture go on without the microphone: `check` never fails, and `source`
 * is silence from a check that did not find the device until one that does.
 *
 * Whoever runs the graph follows `presence` and starts it anew when the phase is
 * another than `now` has it.
 */
export function withStandby(sound: Sound): StandbySound {
  let now: Presence = { phase: 'there' };
  return {
    name: sound.name,
    check: async (signal) => {
      try {
        await sound.check(signal);
        now = { phase: 'there' };
      } catch (error) {
        signal.throwIfAborted();
        now = { phase: 'away', reason: messageOf(error) };
      }
    },
    get source() {
      return now.phase === 'there' ? sound.source : SILENCE;
    },
    presence: (clock, signal) => sound.presence(clock, signal),
    get now() {
      return now;
    },
  };
}
