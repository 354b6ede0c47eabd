import type { Model } from './model.ts';

/** One part of the page: a card that is drawn anew from what is known. */
export interface Part {
  readonly element: HTMLElement;
  /** @param nowMs Unix time in ms at the box. */
  update(model: Model, nowMs: number): void;
  /** Ends what goes on by itself. */
  close?(): void;
}
