/** The list of coming drops, as the rest of the box sees it. */

/**
 * - `coming`: it is still to come. `shown`: the next one, which guests see. `on`: it is being held.
 * - `held`: it was live, and has ended. `missed`: its time is over, and it was never live.
 */
export type PlannedPhase = 'coming' | 'shown' | 'on' | 'held' | 'missed';

/** One that comes with the box, or a .cube file. */
export interface PlannedLook {
  /** `none` where it is a file, or none at all. */
  readonly name: string;
  readonly cubeFile: string;
  readonly strength: number;
}

export interface PlannedDropInfo {
  readonly id: string;
  readonly title: string;
  /** RFC 3339, or empty. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly pictureFile: string;
  /** Of all guests; empty: of their device. */
  readonly profile: string;
  /** Left out where it is as in the config. */
  readonly look?: PlannedLook;
  /** Of its catalogue. */
  readonly articles: number;
  /** It says more than its title and times, as a catalogue, a picture or an overlay. */
  readonly hasDetails?: true;
  readonly phase: PlannedPhase;
}

/** The drop that is on, or the next one. */
export interface ShownDrop {
  /** Empty where it has none. */
  readonly id: string;
  readonly title: string;
  /** RFC 3339, or empty. */
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface PlannedDropsState {
  /** Also where it is of the config. */
  readonly shown: ShownDrop;
  /** By their start; those without one last. */
  readonly list: readonly PlannedDropInfo[];
  /** Mistakes in the file, one line each. */
  readonly faults: readonly string[];
  /** Ids of the drops that have them, where they can be read. */
  readonly broken?: readonly string[];
  /** Where a person edits it. */
  readonly file: string;
}
