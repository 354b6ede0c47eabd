/** Routes what each encoder produces to the renditions that are made of it. */
import type { TrackFormat } from '../gdp/caps.ts';
import { type Encoding, encodingOf, frameUsOf } from './encoding.ts';
import type { Renditions } from './renditions.ts';
import type { SegmentClock } from './segment-clock.ts';
import { Substitutes } from './substitutes.ts';
import type { AccessUnit } from './track.ts';

/** A unit on its way from its encoder to the renditions. */
export interface RoutedUnit extends AccessUnit {
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

/**
 * An encoder feeds its own rendition, and those it substitutes for.
 *
 * Pure except for its state.
 */
export class EncoderRouting {
  readonly substitutes: Substitutes<RoutedUnit>;
  readonly #renditions: Renditions;
  readonly #clock: SegmentClock;
  readonly #encodings = new Map<string, Encoding>();

  constructor(renditions: Renditions, clock: SegmentClock) {
    this.#renditions = renditions;
    this.#clock = clock;
    this.substitutes = new Substitutes(renditions.ids);
  }

  /** @param substitutes By rendition, the one whose encoder replaces its own; of the same kind, or it is ignored. */
  setSubstitutes(substitutes: Readonly<Record<string, string>>): void {
    const isSameKind = ([id, other]: readonly [string, string]) =>
      this.#renditions.kindOf(other) === this.#renditions.kindOf(id);
    this.substitutes.set(Object.fromEntries(Object.entries(substitutes).filter(isSameKind)));
  }

  /** An encoder's format; false where a rendition that is made of it cannot change to it now. */
  setFormat(encoderId: string, format: TrackFormat): boolean {
    if (this.#renditions.kindOf(encoderId) === undefined) return false;
    const fed = this.#fedBy(encoderId);
    if (fed.some((id) => !this.#renditions.canChangeTo(id, format))) return false;
    this.#encodings.set(encoderId, encodingOf(format));
    for (const id of fed) this.#applyEncoding(id);
    return true;
  }

  /** To all renditions that read this encoder. */
  route(encoderId: string, unit: RoutedUnit): void {
    for (const id of this.substitutes.readersOf(encoderId)) this.#routeTo(id, encoderId, unit);
  }

  /** Completes pending switches at once, for a new run. */
  settle(): void {
    for (const id of this.substitutes.settle()) this.#applyEncoding(id);
  }

  #fedBy(encoderId: string): readonly string[] {
    const readers = this.substitutes.readersOf(encoderId);
    return readers.filter((id) => this.substitutes.sourceOf(id) === encoderId);
  }

  /** During a switch the unit may be buffered, or complete the switch. */
  #routeTo(id: string, encoderId: string, unit: RoutedUnit): void {
    const encoding = this.#encodings.get(encoderId);
    const frameUs = encoding === undefined ? 0 : frameUsOf(encoding.format);
    const switchAt = (keyframeUs: number) => this.#switchAt(keyframeUs, frameUs / 2);
    const { units, hasSwitched } = this.substitutes.take(id, encoderId, unit, frameUs, switchAt);
    if (hasSwitched) this.#applyEncoding(id);
    for (const one of units) {
      this.#renditions.change(id, (cutter) => cutter.add(one, one.arrivedUs / 1000));
    }
  }

  /** The switch comes one segment after a key frame on the common grid, in all renditions. */
  #switchAt(keyframeUs: number, toleranceUs: number): number | undefined {
    // A key frame off the grid opens no segment.
    if (!this.#clock.hasStartNear(keyframeUs, toleranceUs)) return undefined;
    const atUs = keyframeUs + this.#clock.segmentUs;
    this.#clock.breakAt(atUs);
    return atUs;
  }

  /** Gives the rendition its encoder's format from its next segment on. */
  #applyEncoding(id: string): void {
    const encoding = this.#encodings.get(this.substitutes.sourceOf(id));
    if (encoding !== undefined) this.#renditions.setEncoding(id, encoding);
  }
}
