/** The driver for GPIO lines by the kernel's character device, /dev/gpiochipN. */

import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import epoll from 'epoll';
import type { Clock } from '../os/clock.ts';
import { HalError, halErrorOf } from '../os/errors.ts';
import { ioctl } from '../os/libc/ioctl.ts';
import type {
  InputHandle,
  InputSpec,
  LineDriver,
  LineRef,
  OnEdge,
  OnGone,
  OutputHandle,
  OutputSpec,
} from './port.ts';
import {
  CHIP_INFO,
  EVENT_BYTES,
  GET_VALUES,
  LINE_INFO,
  LINE_REQUEST,
  type LineConfig,
  type LineEvent,
  parseChipInfo,
  parseEvents,
  parseLineInfo,
  parseRequestedFd,
  parseValues,
  renderLineInfoQuery,
  renderLineRequest,
  renderValues,
  SET_VALUES,
} from './uapi.ts';

const CONSUMER = 'venuebox';
/** Events that the kernel keeps while this process is busy. */
const KERNEL_EVENTS = 256;

/**
 * The GPIO character device: lines by name, time stamps, sequence numbers and
 * debounce by the kernel. Needs Linux 5.10 or newer.
 */
export function chardevDriver(clock: Clock): LineDriver {
  return {
    name: 'character device',
    openInputs: (specs, onEdge, onGone) => openInputs(specs, { clock, onEdge, onGone }),
    openOutput,
  };
}

function openOutput(spec: OutputSpec, isActive: boolean): OutputHandle {
  const line = findLine(spec.line);
  const { isActiveLow } = spec;
  const use = { as: 'output', isActive } as const;
  const fd = claim(line.chip, [{ offset: line.offset, isActiveLow, use }], spec.name);
  return {
    set: (next) => {
      const values = renderValues(next ? 1n : 0n, 1n);
      wrap(`lamp ${spec.name}`, () => ioctl(fd, SET_VALUES.request, values, 'set'));
    },
    close: () => closeSync(fd),
  };
}

/** One line as the kernel knows it, for people. */
export interface KnownLine {
  readonly chip: string;
  readonly label: string;
  readonly offset: number;
  readonly name: string;
  readonly consumer: string;
  readonly isUsed: boolean;
}

/** All lines of all chips. A chip that may not be opened or has just gone is left out. */
export function listLines(): KnownLine[] {
  return chipPaths().flatMap((path) => {
    try {
      return withChip(path, (fd) => linesOf(fd, path));
    } catch {
      return [];
    }
  });
}

function chipPaths(): string[] {
  const names = readdirSync('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  return names.map((name) => `/dev/${name}`);
}

function linesOf(fd: number, chip: string): KnownLine[] {
  const info = Buffer.alloc(CHIP_INFO.bytes);
  ioctl(fd, CHIP_INFO.request, info, 'chip info');
  const { label, lines } = parseChipInfo(info);
  return Array.from({ length: lines }, (_, offset) => {
    const query = renderLineInfoQuery(offset);
    ioctl(fd, LINE_INFO.request, query, 'line info');
    return { chip, label, offset, ...parseLineInfo(query) };
  });
}

/** Finds a line again for each claim: a replugged chip may get another number. */
function findLine(ref: LineRef): KnownLine {
  const found = listLines().filter((line) =>
    typeof ref === 'string'
      ? line.name === ref
      : (line.label === ref.chip || line.chip === `/dev/${ref.chip}`) && line.offset === ref.offset,
  );
  const [first] = found;
  const name = typeof ref === 'string' ? ref : `${ref.chip}:${ref.offset}`;
  if (first === undefined) throw new HalError('NOT_FOUND', `GPIO line ${name}: no such line`);
  const chips = new Set(found.map((line) => line.label));
  // One chip may have two device names on a Pi 5 (gpiochip0 and 4): that is one line.
  if (chips.size > 1 || new Set(found.map((line) => line.offset)).size > 1) {
    const places = found.map((line) => `${line.label}:${line.offset}`).join(', ');
    throw new HalError('AMBIGUOUS', `GPIO line ${name}: is on ${places}`);
  }
  return first;
}

interface InputEvents {
  readonly clock: Clock;
  readonly onEdge: OnEdge;
  readonly onGone: OnGone;
}

interface PlacedInput {
  readonly spec: InputSpec;
  readonly offset: number;
}

function openInputs(specs: readonly InputSpec[], events: InputEvents): InputHandle {
  const groups = new Map<string, PlacedInput[]>();
  for (const spec of specs) {
    const { chip, offset } = findLine(spec.line);
    groups.set(chip, [...(groups.get(chip) ?? []), { spec, offset }]);
  }
  const opened: InputHandle[] = [];
  const closeAll = () => {
    for (const handle of opened) handle.close();
  };
  try {
    for (const [chip, lines] of groups) opened.push(openGroup(chip, lines, events));
  } catch (error) {
    closeAll();
    throw error;
  }
  return { read: () => new Set(opened.flatMap((handle) => [...handle.read()])), close: closeAll };
}

function openGroup(chip: string, lines: readonly PlacedInput[], events: InputEvents): InputHandle {
  const configs = lines.map(({ spec, offset }): LineConfig => {
    const use = { as: 'input', bias: spec.bias, debounceUs: spec.debounceMs * 1000 } as const;
    return { offset, isActiveLow: spec.isActiveLow, use };
  });
  const fd = claim(chip, configs, lines.map(({ spec }) => spec.name).join(', '));
  const report = reporterOf(lines, events);
  const bytes = Buffer.alloc(EVENT_BYTES * 64);
  const poll = new epoll.Epoll((error, _fd, flags) => {
    try {
      if (error) throw error;
      if ((flags & epoll.Epoll.EPOLLIN) === 0)
        throw new HalError('GONE', `${chip}: it was unplugged`);
      report(parseEvents(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, null))));
    } catch (cause) {
      // A dead descriptor stays readable for ever: stop listening at once.
      poll.remove(fd);
      events.onGone(halErrorOf(cause, chip));
    }
  });
  try {
    poll.add(fd, epoll.Epoll.EPOLLIN);
  } catch (error) {
    poll.close();
    closeSync(fd);
    throw halErrorOf(error, chip);
  }
  return {
    read: () => readActive(fd, lines, chip),
    close: () => {
      poll.close();
      closeSync(fd);
    },
  };
}

/** Turns kernel events into calls: the clock's time, and what the sequence numbers miss. */
function reporterOf(lines: readonly PlacedInput[], { clock, onEdge }: InputEvents) {
  const names = new Map(lines.map(({ spec, offset }) => [offset, spec.name]));
  let lastSequence = 0;
  return (events: readonly LineEvent[]) => {
    for (const { atNs, offset, isActive, sequence } of events) {
      // The kernel and libuv read the same clock, the latter from the process's start.
      const ageMs = Number(process.hrtime.bigint() - atNs) / 1e6;
      const lostEdges = sequence - lastSequence - 1;
      lastSequence = sequence;
      onEdge(names.get(offset) ?? '', isActive, clock.monotonicMs() - ageMs, lostEdges);
    }
  };
}

function readActive(fd: number, lines: readonly PlacedInput[], chip: string): ReadonlySet<string> {
  const values = renderValues(0n, (1n << BigInt(lines.length)) - 1n);
  wrap(chip, () => ioctl(fd, GET_VALUES.request, values, 'get'));
  const bits = parseValues(values);
  return new Set(
    lines.filter((_, index) => (bits >> BigInt(index)) & 1n).map(({ spec }) => spec.name),
  );
}

function claim(chip: string, lines: readonly LineConfig[], what: string): number {
  return wrap(`${chip}: lines for ${what}`, () =>
    withChip(chip, (fd) => {
      const request = renderLineRequest(lines, CONSUMER, KERNEL_EVENTS);
      ioctl(fd, LINE_REQUEST.request, request, 'claim');
      return parseRequestedFd(request);
    }),
  );
}

function withChip<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, 'r+');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function wrap<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw halErrorOf(error, what);
  }
}
