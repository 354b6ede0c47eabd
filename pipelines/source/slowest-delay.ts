/** The slowest delay of the last seconds, in us. Pure: times come in. */

const WINDOW_US = 2_000_000;

export class SlowestDelay {
  /** Only maxima can matter later: the list stays as short as its falling slope. */
  #delays: { readonly atUs: number; readonly delayUs: number }[] = [];

  /** Undefined where none is known. */
  get us(): number | undefined {
    return this.#delays[0]?.delayUs;
  }

  add(atUs: number, delayUs: number): void {
    const isKept = (one: { readonly atUs: number; readonly delayUs: number }) =>
      one.atUs > atUs - WINDOW_US && one.delayUs > delayUs;
    this.#delays = this.#delays.filter(isKept);
    this.#delays.push({ atUs, delayUs });
  }

  forget(): void {
    this.#delays = [];
  }
}
