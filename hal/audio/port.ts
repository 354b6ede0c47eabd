/** What a sound source is to its callers. */

import type { LaunchFragment, SendUnits } from '../gst/launch.ts';

export interface SoundConfig {
  readonly driver: 'test' | 'alsa' | 'camera' | 'file' | 'custom' | 'none';
  /** An ALSA device, for example `hw:CARD=sndrpihifiberry`, or a name of /dev/snd/by-id. */
  readonly device: string;
  readonly file: string;
  readonly launch: string;
  /** Which of its channels are used, counted from 1; left out: the first ones. */
  readonly pick?: readonly number[] | undefined;
}

/** A source of sound, as something that a media graph can start with. */
export interface Sound {
  /** What a person calls it. */
  readonly name: string;
  /** Rejects with a HalError that says what to do when it cannot be used now. */
  check(signal: AbortSignal): Promise<void>;
  /** Raw audio; undefined where the box is set to have none. Read it after `check`. */
  readonly source: LaunchFragment | undefined;
  /** Has its access units sent into a FIFO, where another process receives them. */
  readonly sendUnits?: SendUnits;
  /** Its process has failed: the next `check` may put off another try. */
  onFailed?(error: unknown): void;
}
