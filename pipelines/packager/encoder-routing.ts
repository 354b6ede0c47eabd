import type { TrackFormat } from '../gdp/caps.ts';
import type { Unit } from './cutter.ts';
import { type Encoding, encodingOf, frameUsOf } from './encoding.ts';
import type { Renditions } from './renditions.ts';
import type { SegmentClock } from './segment-clock.ts';
import { Substitutes } from './substitutes.ts';

/** A unit on its way from its encoder to the renditions. */
export interface RoutedUnit extends Unit {
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

/**
 * Takes what each encoder gives to the renditions that are made of it: its own,
 * and those that it stands in for.
 *
 * Pure but for its state.
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

  /** By rendition, the one whose encoder is to make it; of the same kind, or it is left as it is. */
  setSubstitutes(substitutes: Readonly<Record<string, string>>): void {
    const isSameKind = ([id, other]: readonly [string, string]) =>
      this.#renditions.kindOf(other) === this.#renditions.kindOf(id);
    this.substitutes.set(Object.fromEntries(Object.entries(substitutes).filter(isSameKind)));
  }

  /** What an encoder gives; false where a rendition that is made of it cannot become that now. */
  setFormat(encoderId: string, format: TrackFormat): boolean {
    if (this.#renditions.kindOf(encoderId) === undefined) return false;
    const made = this.#madeOf(encoderId);
    if (made.some((id) => !this.#renditions.canTake(id, format))) return false;
    this.#encodings.set(encoderId, encodingOf(format));
    for (const id of made) this.#takeEncoding(id);
    return true;
  }

  /** To all renditions that read this encoder. */
  route(encoderId: string, unit: RoutedUnit): void {
    for (const id of this.substitutes.readersOf(encoderId)) this.#routeTo(id, encoderId, unit);
  }

  /** Carries out changes under way at once: everything begins anew. */
  settle(): void {
    for (const id of this.substitutes.settle()) this.#takeEncoding(id);
  }

  #madeOf(encoderId: string): readonly string[] {
    const readers = this.substitutes.readersOf(encoderId);
    return readers.filter((id) => this.substitutes.sourceOf(id) === encoderId);
  }

  /** A change of encoder may hold the unit back, or be complete with it. */
  #routeTo(id: string, encoderId: string, unit: RoutedUnit): void {
    const encoding = this.#encodings.get(encoderId);
    const frameUs = encoding === undefined ? 0 : frameUsOf(encoding.format);
    const switchAt = (keyframeUs: number) => this.#switchAt(keyframeUs, frameUs / 2);
    const { units, hasSwitched } = this.substitutes.take(id, encoderId, unit, frameUs, switchAt);
    if (hasSwitched) this.#takeEncoding(id);
    for (const one of units) {
      this.#renditions.change(id, (cutter) => cutter.add(one, one.arrivedUs / 1000));
    }
  }

  /** One segment ahead of a key frame that opens one, and so can the next: in all renditions. */
  #switchAt(keyframeUs: number, toleranceUs: number): number | undefined {
    // Off the common grid it opens none.
    if (!this.#clock.hasStartNear(keyframeUs, toleranceUs)) return undefined;
    const atUs = keyframeUs + this.#clock.segmentUs;
    this.#clock.breakAt(atUs);
    return atUs;
  }

  /** The rendition is what its encoder gives, from its next segment on. */
  #takeEncoding(id: string): void {
    const encoding = this.#encodings.get(this.substitutes.sourceOf(id));
    if (encoding !== undefined) this.#renditions.setEncoding(id, encoding);
  }
}
