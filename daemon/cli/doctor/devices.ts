/** `venuebox doctor camera`, `sound` and `buttons`. */
import { type FoundCapture, type FoundCard, listSoundCards } from '../../../hal/audio/list.ts';
import { readCaptureControls } from '../../../hal/audio/mixer.ts';
import { openSound } from '../../../hal/audio/open.ts';
import type { CameraMode, FoundCamera } from '../../../hal/camera/found.ts';
import { listCameras } from '../../../hal/camera/list.ts';
import { openCamera, withSound } from '../../../hal/camera/open.ts';
import { type KnownLine, listLines } from '../../../hal/gpio/chardev.ts';
import { listLeds } from '../../../hal/gpio/lamps.ts';
import { probeGpio } from '../../../hal/gpio/probe.ts';
import { HalError } from '../../../hal/os/errors.ts';
import type { Config } from '../../config/config.ts';
import { judgeCapture } from './findings.ts';
import { type Finding, type PartReport, wrong } from './report.ts';

/** Modes of a camera that are worth a line. */
const MAX_MODES = 6;

export async function probeCamera(config: Config, signal: AbortSignal): Promise<PartReport> {
  const cameras = await listCameras(signal);
  return {
    part: 'camera',
    driver: `set to ${config.camera.driver}`,
    lines: cameras.length === 0 ? ['no camera was found'] : cameras.map(renderCamera),
    findings: await faultOf((stop) => openCamera(config.camera).check(stop), signal),
  };
}

function renderCamera({ driver, id, name, path, modes }: FoundCamera): string {
  const node = path === undefined ? '' : ` (${path})`;
  return `${driver} ${id}${node}: ${name}; ${renderModes(modes)}`;
}

function renderModes(modes: readonly CameraMode[]): string {
  const largest = modes.toSorted((a, b) => b.width * b.height - a.width * a.height);
  const shown = largest
    .slice(0, MAX_MODES)
    .map(
      ({ format, width, height, fps, range }) =>
        `${format} ${range ? 'up to ' : ''}${width}x${height}${fps === undefined ? '' : ` ${fps}/s`}`,
    );
  return modes.length > MAX_MODES
    ? `${shown.join(', ')} and ${modes.length - MAX_MODES} more`
    : shown.join(', ');
}

export async function probeSound(config: Config, signal: AbortSignal): Promise<PartReport> {
  const cards = await listSoundCards();
  const controls = await Promise.all(cards.map(({ id }) => readCaptureControls(id, signal)));
  return {
    part: 'sound',
    driver: `set to ${config.sound.driver}`,
    lines: cards.length === 0 ? ['no card that captures was found'] : cards.flatMap(renderCard),
    findings: [
      ...(await faultOf(
        (stop) => openSound(config.sound, withSound(config.camera)).check(stop),
        signal,
      )),
      ...cards.flatMap((card, index) => judgeCapture(card, controls[index])),
    ],
  };
}

function renderCard({ name, aliases, captures }: FoundCard): string[] {
  const alias = aliases.length === 0 ? '' : ` (${aliases[0]})`;
  return captures.map((one) => `${one.device}${alias}: ${name}; ${renderCapture(one)}`);
}

function renderCapture({ state }: FoundCapture): string {
  switch (state.phase) {
    case 'busy':
      return state.pid === undefined ? 'in use' : `in use by process ${state.pid}`;
    case 'refused':
      return state.reason;
    case 'free': {
      const { formats, channels, ratesHz } = state;
      const range = ([least, most]: readonly [number, number]) =>
        least === most ? `${least}` : `${least}-${most}`;
      return `${formats.join(' ')}, ${range(channels)} channels, ${range(ratesHz)} Hz`;
    }
  }
}

async function faultOf(
  check: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    await check(signal);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HalError)) throw error;
    return [wrong(error.what, error.advice ?? 'see the config')];
  }
}

export async function probeButtons(): Promise<PartReport> {
  const { choice, findings, isForbidden } = probeGpio();
  const lines = choice === 'chardev' ? renderLines(listLines()) : [];
  const leds = listLeds();
  return {
    part: 'buttons',
    driver: choice === 'none' ? 'absent' : choice,
    lines: [...findings, ...lines, ...(leds.length === 0 ? [] : [`LED class: ${leds.join(', ')}`])],
    findings: isForbidden
      ? [wrong('GPIO is there and may not be opened', 'add this user to the group gpio')]
      : [],
  };
}

function renderLines(lines: readonly KnownLine[]): string[] {
  return [...groupByChip(lines)].map(([chip, all]) => {
    const taken = all
      .filter(({ isUsed }) => isUsed)
      .map(({ name, offset, consumer }) => `${name || offset} by ${consumer || 'the kernel'}`);
    const inUse = taken.length === 0 ? 'none in use' : `in use: ${taken.slice(0, 12).join(', ')}`;
    return `${chip} ${all[0]?.label ?? ''}: ${all.length} lines, ${inUse}`;
  });
}

function groupByChip(lines: readonly KnownLine[]): ReadonlyMap<string, readonly KnownLine[]> {
  const chips = new Map<string, KnownLine[]>();
  for (const line of lines) chips.set(line.chip, [...(chips.get(line.chip) ?? []), line]);
  return chips;
}
