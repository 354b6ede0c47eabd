import type { Supervised } from '../hal/os/supervise.ts';
import type { Levels } from '../pipelines/media/levels.ts';
import type { MediaFigures } from '../pipelines/media/messages.ts';
import type { UplinkFigures } from './snapshot.ts';

export interface BoxFacts {
  readonly camera: string;
  readonly sound: string;
  readonly encoder: string;
}

/** All that is known of the box now, for whoever shows it. */
export interface BoxSnapshot extends BoxFacts {
  readonly startedAt: string;
  readonly children: Readonly<Record<string, Supervised>>;
  readonly media: MediaFigures | undefined;
  readonly levels: Levels | undefined;
  readonly uplink: UplinkFigures | undefined;
}

/** Collects what the children tell. Read by snapshot, so that readers cannot change it. */
export class BoxState {
  readonly #facts: BoxFacts;
  readonly #startedAt = new Date().toISOString();
  readonly #children: Record<string, Supervised> = {};
  #media: MediaFigures | undefined;
  #levels: Levels | undefined;
  #uplink: UplinkFigures | undefined;

  constructor(facts: BoxFacts) {
    this.#facts = facts;
  }

  setChild(name: string, supervised: Supervised): void {
    this.#children[name] = supervised;
  }

  setMedia(figures: MediaFigures): void {
    this.#media = figures;
  }

  setLevels(levels: Levels): void {
    this.#levels = levels;
  }

  setUplink(figures: UplinkFigures): void {
    this.#uplink = figures;
  }

  snapshot(): BoxSnapshot {
    return {
      ...this.#facts,
      startedAt: this.#startedAt,
      children: { ...this.#children },
      media: this.#media,
      levels: this.#levels,
      uplink: this.#uplink,
    };
  }
}
