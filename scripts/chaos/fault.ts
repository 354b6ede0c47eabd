/** What a fault is: a begin, an end, and what it may cost the guests. */
import type { Dice } from '../../test/simulation/scenario.ts';
import type { Venue } from './venue.ts';

/** A fault that is on; ends it. */
export type EndFault = () => Promise<void> | void;

export interface Fault {
  readonly name: string;
  /** How long it is on, in s. */
  readonly lastsS: readonly [number, number];
  /** Time of the stream that may be without a picture, in s: what was published goes on in all others. */
  readonly holeMaxS?: number;
  /** An alert that must be raised meanwhile, as part of its key. */
  readonly alert?: RegExp;
  /** Undefined where it cannot happen here. */
  begin(venue: Venue, dice: Dice): Promise<EndFault | undefined>;
}
