/** Opus out of RTP payloads (RFC 7587): each is a unit of its own. Pure. */
import type { FrameReader, ReadFrame } from './frames.ts';

export class OpusReader implements FrameReader {
  #payload: Buffer | undefined;

  add(payload: Buffer): boolean {
    this.#payload = payload;
    return true;
  }

  take(): ReadFrame | undefined {
    const data = this.#payload;
    this.reset();
    return data && { isKeyframe: true, data };
  }

  reset(): void {
    this.#payload = undefined;
  }
}
