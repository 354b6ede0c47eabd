/** How much of what others send over the broker is read: anybody there may send at any rate. Pure. */
import { setNewest } from '../../hal/os/limits/newest.ts';
import { type TokenBucket, takeFrom } from '../../hal/os/limits/token-bucket.ts';

/** Of boxes that are not known. A broker sends all that it has retained at once: three topics of hundreds. */
const ALL = { perS: 100, max: 1_500 };
/** A box sends its message once a second at most, and a poster every half a minute. */
const OF_BOX = { perS: 2, max: 20 };
/** Of boxes that were never heard of, the one that was quiet for longest is forgotten. */
const BOXES_MAX = 512;

export class Allowance {
  readonly #all: TokenBucket = { left: ALL.max, atMs: Number.NEGATIVE_INFINITY };
  readonly #boxes = new Map<string, TokenBucket>();

  /**
   * False: this message is left out; a box repeats what it says within a minute.
   *
   * @param nowMs Monotonic.
   * @param isMember One of the fleet, of which there are few: whatever others send, it is heard.
   */
  take(box: string, nowMs: number, isMember = false): boolean {
    const bucket = this.#boxes.get(box) ?? { left: OF_BOX.max, atMs: nowMs };
    setNewest(this.#boxes, box, bucket, BOXES_MAX);
    // One box that floods leaves the others theirs.
    if (takeFrom(bucket, 1, OF_BOX, nowMs) === 0) return false;
    return isMember || takeFrom(this.#all, 1, ALL, nowMs) > 0;
  }
}
