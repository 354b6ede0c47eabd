import { type PlacedUnit, Splice, type Spliced } from './splice.ts';

/** Which encoder each track is made of: its own, or that of one that stands in for it. */
export class Substitutes<T extends PlacedUnit> {
  readonly #splices: ReadonlyMap<string, Splice<T>>;

  constructor(trackIds: readonly string[]) {
    this.#splices = new Map(trackIds.map((id) => [id, new Splice<T>(id)]));
  }

  /** By track, the one that is to stand in for it; all others are made of their own. */
  set(substitutes: Readonly<Record<string, string>>): void {
    for (const [id, splice] of this.#splices) splice.switchTo(substitutes[id] ?? id);
  }

  /** Whose units a track is made of now. */
  sourceOf(trackId: string): string {
    return this.#splices.get(trackId)?.source ?? trackId;
  }

  /** Encoders that some track is made of now. */
  sources(): readonly string[] {
    return [...new Set([...this.#splices.values()].map(({ source }) => source))];
  }

  /** By track, the one that it is made of now; only where that is another. */
  now(): Readonly<Record<string, string>> {
    const sources = [...this.#splices].map(([id, { source }]) => [id, source] as const);
    return Object.fromEntries(sources.filter(([id, source]) => id !== source));
  }

  /** Tracks whose own encoder nobody needs now. */
  suspended(): readonly string[] {
    return [...this.#splices.keys()].filter((id) => this.readersOf(id).length === 0);
  }

  /** Tracks that are made of this one's units, itself first: its segments are begun by then. */
  readersOf(trackId: string): readonly string[] {
    const rank = (id: string) => (id === trackId ? 0 : 1);
    const readers = [...this.#splices].filter(([, splice]) => splice.reads(trackId));
    return readers.map(([id]) => id).sort((a, b) => rank(a) - rank(b));
  }

  /** What new viewers are to be given in a track's place. */
  offeredFor(trackId: string): string {
    const { source = trackId, wanted = trackId } = this.#splices.get(trackId) ?? {};
    // One that comes back is there once it is published.
    return wanted === trackId ? source : wanted;
  }

  /** True while a track waits for units of its own encoder again. */
  get isAnyReturning(): boolean {
    return [...this.#splices].some(([id, { source, wanted }]) => wanted === id && source !== id);
  }

  /** Carries out the changes under way; returns the tracks that are made of another by that. */
  settle(): readonly string[] {
    const switching = [...this.#splices].filter(([, { source, wanted }]) => source !== wanted);
    for (const [, splice] of switching) splice.settle();
    return switching.map(([id]) => id);
  }

  /** See {@link Splice.take}. */
  take(trackId: string, sourceId: string, ...rest: TakeRest<T>): Spliced<T> {
    return this.#splices.get(trackId)?.take(sourceId, ...rest) ?? { units: [], hasSwitched: false };
  }
}

type TakeRest<T extends PlacedUnit> =
  Parameters<Splice<T>['take']> extends [string, ...infer Rest] ? Rest : never;
