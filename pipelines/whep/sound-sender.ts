/** Sends one viewer the sound: one packet for each 20 ms of Opus. */
import { PACKET_MAX_BYTES, PAYLOAD_MAX_BYTES, writePacket } from './rtp.ts';
import type { SenderOptions } from './video-sender.ts';

export class SoundSender {
  readonly #options: SenderOptions;
  readonly #packet = Buffer.alloc(PACKET_MAX_BYTES);
  #sequence: number;
  #hasBegun = false;
  packetsTotal = 0;
  bytesTotal = 0;

  /** @param sequence The first sequence number. */
  constructor(options: SenderOptions, sequence: number) {
    this.#options = options;
    this.#sequence = sequence;
  }

  /** @param timestamp In ticks of 48 kHz. */
  add(payload: Buffer, timestamp: number, nowMs: number): void {
    if (payload.length > PAYLOAD_MAX_BYTES) return;
    const { ssrc, payloadType, sendTimeId, send } = this.#options;
    // The mark is of the first packet after silence (RFC 3551 §4.1).
    const isMarked = !this.#hasBegun;
    this.#hasBegun = true;
    const sequence = this.#sequence;
    const header = { payloadType, isMarked, sequence, timestamp, ssrc, sendTimeId, sentMs: nowMs };
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.packetsTotal += 1;
    this.bytesTotal += payload.length;
    send(this.#packet.subarray(0, writePacket(this.#packet, header, payload)));
  }
}
