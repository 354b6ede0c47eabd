/** Which encoder each track is made of. */
import { type PlacedUnit, Splice, type Spliced } from './splice.ts';

/** A track is made of its own encoder's units, or of those of a substitute. */
export class Substitutes<T extends PlacedUnit> {
  readonly #splices: ReadonlyMap<string, Splice<T>>;

  constructor(trackIds: readonly string[]) {
    this.#splices = new Map(trackIds.map((id) => [id, new Splice<T>(id)]));
  }

  /** @param substitutes By track, the one that replaces it; all others are made of their own encoder. */
  set(substitutes: Readonly<Record<string, string>>): void {
    for (const [id, splice] of this.#splices) splice.switchTo(substitutes[id] ?? id);
  }

  /** The encoder that a track is made of now. */
  sourceOf(trackId: string): string {
    return this.#splices.get(trackId)?.source ?? trackId;
  }

  /** Encoders that a track is made of now. */
  sources(): readonly string[] {
    return [...new Set([...this.#splices.values()].map(({ source }) => source))];
  }

  /** By track, the one that replaces it now. */
  now(): Readonly<Record<string, string>> {
    const sources = [...this.#splices].map(([id, { source }]) => [id, source] as const);
    return Object.fromEntries(sources.filter(([id, source]) => id !== source));
  }

  /** Tracks whose own encoders no track needs now. */
  suspended(): readonly string[] {
    return [...this.#splices.keys()].filter((id) => this.readersOf(id).length === 0);
  }

  /** Tracks that read this one's units. Itself first, so that its segments open first. */
  readersOf(trackId: string): readonly string[] {
    const rank = (id: string) => (id === trackId ? 0 : 1);
    const readers = [...this.#splices].filter(([, splice]) => splice.reads(trackId));
    return readers.map(([id]) => id).sort((a, b) => rank(a) - rank(b));
  }

  /** The rendition to offer to new viewers in place of this one. */
  offeredFor(trackId: string): string {
    const { source = trackId, wanted = trackId } = this.#splices.get(trackId) ?? {};
    // One that resumes is offered once it is published.
    return wanted === trackId ? source : wanted;
  }

  /** True while a track is switching back to its own encoder. */
  get isAnyResuming(): boolean {
    return [...this.#splices].some(([id, { source, wanted }]) => wanted === id && source !== id);
  }

  /** Completes pending switches; returns the tracks whose encoder changed. */
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
