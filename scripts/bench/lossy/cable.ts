/**
 * A cable between two network devices that loses and delays packets: `NAME NAME OPTIONS`, the
 * options as JSON. Not every kernel has netem. Prints READY once both devices are there.
 */
import { closeSync, constants, openSync, read, writeSync } from 'node:fs';
import { ioctl } from '../../../hal/os/libc/ioctl.ts';

export interface CableOptions {
  /** 0 to 1, each way. */
  readonly lossRatio: number;
  /** Each packet is held for 0 to this, at random; none overtakes another of its way. */
  readonly jitterMs: number;
}

/** linux/if_tun.h: _IOW('T', 202, int); packets of IP, without a header of the device's. */
const TUNSETIFF = 0x4004_54can;
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
const IFREQ_BYTES = 40;
const NAME_BYTES = 16;
const PACKET_MAX_BYTES = 2_048;
/** More than 30 ms of any stream here. */
const HELD_MAX = 10_000;

const [, , nameA = '', nameB = '', optionsText = '{}'] = process.argv;
const { lossRatio, jitterMs } = JSON.parse(optionsText) as CableOptions;

function openTun(name: string): number {
  const fd = openSync('/dev/net/tun', constants.O_RDWR);
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(name.slice(0, NAME_BYTES - 1), 'latin1');
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, NAME_BYTES);
  try {
    ioctl(fd, TUNSETIFF, request, `TUNSETIFF ${name}`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** One way. A thread reads the device; what is due is written at once, so that it keeps its order. */
function pass(from: number, to: number): void {
  const buffer = Buffer.alloc(PACKET_MAX_BYTES);
  const held: { readonly dueMs: number; readonly packet: Buffer }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    for (let first = held[0]; first !== undefined; first = held[0]) {
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        timer = setTimeout(flush, leftMs);
        return;
      }
      held.shift();
      send(to, first.packet);
    }
  };
  const hold = (packet: Buffer) => {
    const earliestMs = held.at(-1)?.dueMs ?? 0;
    const dueMs = Math.max(earliestMs, performance.now() + Math.random() * jitterMs);
    if (held.length < HELD_MAX) held.push({ dueMs, packet });
    if (timer === undefined) flush();
  };
  const readNext = () => {
    read(from, buffer, 0, buffer.length, null, (error, bytes) => {
      // The device is down: its namespace is not ready yet.
      if (error !== null) {
        setTimeout(readNext, 10);
        return;
      }
      if (Math.random() >= lossRatio) hold(Buffer.from(buffer.subarray(0, bytes)));
      readNext();
    });
  };
  readNext();
}

/** Lost where the other end is down. */
function send(to: number, packet: Buffer): void {
  try {
    writeSync(to, packet);
  } catch {
    // As on any cable.
  }
}

const [a, b] = [openTun(nameA), openTun(nameB)];
pass(a, b);
pass(b, a);
console.log('READY');
