/** A source as the encoders' process takes it: one process of it after the other. */

export interface SourceInput {
  /** A new process of the source begins: nothing is known of it yet. */
  begin(): void;
  /** CLOCK_MONOTONIC at the running time 0 of its pipeline, in us. */
  setClock(clockUs: number): void;
  setCaps(caps: string): void;
  /** @param runningUs By the clock of its pipeline; undefined where it does not know. */
  add(data: Buffer, runningUs: number | undefined): void;
}
