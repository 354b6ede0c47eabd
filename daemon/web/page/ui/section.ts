/** The interface of the page's sections. */
import type { Model } from './model.ts';

export interface Section {
  readonly element: HTMLElement;
  /** @param nowMs Unix time in ms at the box. */
  update(model: Model, nowMs: number): void;
  /** Stops timers and playback. */
  close?(): void;
}
