/** What is switched off to save power, and in which order. */
import type { PowerPhase, ShedLoad } from '../model/snapshot.ts';

/**
 * What is switched off to last longer, in this order: first what is not missed,
 * last what viewers would see. Sound, one rendition and one recording go on to
 * the end.
 *
 * - `look`: viewers get the camera's own colours, and recordings are made of what they get.
 * - `previews`: no new live posters and previews; clips are still made when asked for.
 * - `top-rendition`: the best picture is no longer encoded; the next is its substitute.
 * - `lamps`: dark but for power and on air.
 * - `printer`: what is asked for is refused.
 * - `uplink`: a picture of its own goes upstream with half its bitrate at most.
 * - `renditions`: only the lowest picture is encoded, and is the substitute for all.
 */
export const LOADS = [
  'look',
  'previews',
  'top-rendition',
  'lamps',
  'printer',
  'uplink',
  'renditions',
] as const;

export type Load = (typeof LOADS)[number];

const SHED: Readonly<Record<PowerPhase, number>> = {
  normal: 0,
  saving: 3,
  'last-minutes': LOADS.length,
  'shut-down': LOADS.length,
};

/** What is off in a phase: always a beginning of {@link LOADS}. */
export function shedIn(phase: PowerPhase): readonly Load[] {
  return LOADS.slice(0, SHED[phase]);
}

/** What of the box can be switched off. */
export interface Sheddable {
  /** Of the drop that is on, or the next one. */
  readonly hasLook: boolean;
  readonly hasPreviews: boolean;
  readonly hasLamps: boolean;
  readonly hasPrinter: boolean;
  /** The best first. */
  readonly renditions: readonly string[];
  /** The uplink or a destination sends these: they are what those far away see, and go on. */
  readonly sharedRenditions: readonly string[];
  /** What the uplink's own picture is given while it saves; undefined where nothing can be changed. */
  readonly uplinkBps: number | undefined;
}

/** By rendition, the one that is sent in its place. */
export type Substitutes = Readonly<Record<string, string>>;

/** Whose encoders are suspended when these loads are shed. */
export function substitutesFor(shed: readonly Load[], box: Sheddable): Substitutes {
  const { renditions, sharedRenditions } = box;
  const count = shed.includes('renditions')
    ? renditions.length - 1
    : shed.includes('top-rendition')
      ? Math.min(1, renditions.length - 1)
      : 0;
  const suspended = renditions.slice(0, count).filter((id) => !sharedRenditions.includes(id));
  const next = (id: string) =>
    renditions.slice(renditions.indexOf(id)).find((other) => !suspended.includes(other)) ?? id;
  return Object.fromEntries(suspended.map((id) => [id, next(id)]));
}

/** What this box sheds, and what that means to people; nothing that it does not have. */
export function shedLoadsOf(phase: PowerPhase, box: Sheddable): readonly ShedLoad[] {
  const shed = shedIn(phase);
  const top = substitutesFor(['top-rendition'], box);
  const all = substitutesFor(shed, box);
  const texts: Readonly<Record<Load, string | undefined>> = {
    look: box.hasLook ? 'the picture has the camera’s own colours' : undefined,
    previews: box.hasPreviews ? 'no new live posters and previews' : undefined,
    'top-rendition': substituteText(shed.includes('renditions') ? {} : top),
    lamps: box.hasLamps ? 'lamps are dark but for power and on air' : undefined,
    printer: box.hasPrinter ? 'the printer takes no jobs' : undefined,
    uplink:
      box.uplinkBps === undefined
        ? undefined
        : `the uplink sends ${(box.uplinkBps / 1e6).toFixed(1)} Mb/s at most`,
    renditions: substituteText(all),
  };
  return shed.flatMap((load) => {
    const text = texts[load];
    return text === undefined ? [] : [{ load, text }];
  });
}

function substituteText(substitutes: Substitutes): string | undefined {
  const pairs = Object.entries(substitutes).map(([id, other]) => `${id} is sent as ${other}`);
  return pairs.length === 0 ? undefined : `${pairs.join(', ')}, to encode less`;
}
