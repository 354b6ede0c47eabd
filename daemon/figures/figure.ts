/** What a figure is, and its value as MQTT and Home Assistant have it; `text.ts` has it for the command line. */
import { round } from '../model/rounding.ts';

/** An amount's unit, as it ends the field's name in MQTT payloads. */
export type Unit =
  | 's'
  | 'v'
  | 'a'
  | 'w'
  | 'c'
  | 'bps'
  | 'b'
  | 'dbm'
  | 'db'
  | 'dbfs'
  | 'ratio'
  | 'fps';

/** An entity of Home Assistant; the rest of it follows from the figure. */
interface Entity {
  /** Part of its `unique_id`: never changed. */
  readonly id: string;
  readonly name: string;
  /** Where it does not follow from the unit. */
  readonly deviceClass?: string;
  readonly icon?: string;
  readonly isDiagnostic?: true;
}

interface Described {
  /** One sentence: what it says. */
  readonly help: string;
  /**
   * Its name in Prometheus behind `venuebox_`, by the rules of prometheus.io, practices/naming:
   * one that ends in `_total` is a counter.
   */
  readonly metric?: string;
  readonly entity?: Entity;
  /** It is always known. Others are `null` in MQTT, and absent in Prometheus, while they are not. */
  readonly isRequired?: true;
}

interface Amount<I> extends Described {
  /** Absent for a bare number. */
  readonly unit?: Unit;
  /** It may be negative, unlike others of its unit. */
  readonly isSigned?: true;
  /** Digits behind the point in MQTT; 0 for none. */
  readonly digits?: number;
  readonly read: (item: I) => number | undefined;
}

interface Flag<I> extends Described {
  readonly unit: 'boolean';
  readonly read: (item: I) => boolean | undefined;
}

interface Choice<I> extends Described {
  readonly unit: 'state';
  readonly options: readonly string[];
  /** Names the state in Prometheus, where each option is a series of 0 and 1. */
  readonly label?: string;
  readonly read: (item: I) => string | undefined;
}

/** A figure that is read from an `I`: the box's snapshot, or one link, modem or volume of it. */
export type Figure<I> = Amount<I> | Flag<I> | Choice<I>;

/** Figures by the names of their fields in a payload. */
export type Table<I> = Readonly<Record<string, Figure<I>>>;

type ValueOf<F> = F extends { options: readonly (infer O)[] }
  ? O
  : F extends { unit: 'boolean' }
    ? boolean
    : number;

/** A table's values, as they stand in a payload. */
export type Values<T> = {
  -readonly [K in keyof T]: T[K] extends { isRequired: true }
    ? ValueOf<T[K]>
    : ValueOf<T[K]> | null;
};

export function readAll<I, T extends Table<I>>(table: T, item: I): Values<T> {
  const values = Object.entries(table).map(([field, one]) => [field, readFigure(one, item)]);
  return Object.fromEntries(values) as Values<T>;
}

/** Rounded: no more digits than are true. Null for what is unknown or no finite number. */
export function readFigure<I>(figure: Figure<I>, item: I): number | boolean | string | null {
  const value = figure.read(item);
  if (typeof value !== 'number') return value ?? null;
  if (!Number.isFinite(value)) return null;
  return round(value, 'digits' in figure ? (figure.digits ?? 0) : 0);
}

/** A value in `from` units; undefined stays so. */
export function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** 0 to 1, of a share in percent. */
export function ratioOf(pct: number | undefined): number | undefined {
  return pct === undefined ? undefined : Math.min(1, Math.max(0, pct / 100));
}
