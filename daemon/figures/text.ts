/** A figure's value with its unit, for a terminal. */
import { renderDuration } from '../model/rounding.ts';
import { type Figure, readFigure, type Unit } from './figure.ts';

/** Undefined while the value is not known. */
export function renderFigure<I>(figure: Figure<I>, item: I): string | undefined {
  const value = readFigure(figure, item);
  if (value === null) return undefined;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const { unit } = figure;
  if (typeof value === 'string' || unit === undefined || unit === 'boolean' || unit === 'state') {
    return String(value);
  }
  return WITH_UNIT[unit](value);
}

const WITH_UNIT: Readonly<Record<Unit, (value: number) => string>> = {
  s: (value) => (value > 0 && value < 1 ? `${Math.round(value * 1000)} ms` : renderDuration(value)),
  v: (value) => `${value.toFixed(2)} V`,
  a: (value) => `${value.toFixed(2)} A`,
  w: (value) => `${value.toFixed(1)} W`,
  c: (value) => `${Math.round(value)} degrees`,
  bps: (value) => `${(value / 1e6).toFixed(1)} Mb/s`,
  b: (value) => `${(value / 1e6).toFixed(1)} MB`,
  dbm: (value) => `${value} dBm`,
  db: (value) => `${value} dB`,
  dbfs: (value) => `${value.toFixed(1)} dBFS`,
  ratio: (value) => `${Number((value * 100).toFixed(1))} %`,
  fps: (value) => `${Math.round(value)} frames/s`,
};
