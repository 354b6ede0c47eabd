/** Small pictures of what guests of each box see, in memory, for the operator's page. */
import { createHash } from 'node:crypto';
import { POSTER_BYTES_MAX } from '../model/fleet.ts';

interface Picture {
  readonly id: string;
  readonly bytes: Buffer;
}

/** SOI and the first byte of the next marker (ITU-T T.81, B.1.1.3). */
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** As many as the fleet has boxes. */
export class FleetPictures {
  readonly #byBox = new Map<string, Picture>();

  /** What is no JPEG, or too large, leaves the one before. */
  set(box: string, bytes: Buffer): void {
    if (bytes.length > POSTER_BYTES_MAX || !bytes.subarray(0, JPEG.length).equals(JPEG)) return;
    const id = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.#byBox.set(box, { id, bytes });
  }

  idOf(box: string): string | undefined {
    return this.#byBox.get(box)?.id;
  }

  ofBox(box: string): Buffer | undefined {
    return this.#byBox.get(box)?.bytes;
  }

  read(id: string): Buffer | undefined {
    return [...this.#byBox.values()].find((one) => one.id === id)?.bytes;
  }

  /** Of all other boxes they are removed. */
  keepOnly(isKept: (box: string) => boolean): void {
    for (const box of this.#byBox.keys()) if (!isKept(box)) this.#byBox.delete(box);
  }
}
