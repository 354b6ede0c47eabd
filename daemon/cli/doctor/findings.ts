/** What is wrong with the reported state of devices, and what to do about it. Pure. */
import type { FoundCard } from '../../../hal/audio/list.ts';
import type { CaptureControl } from '../../../hal/audio/mixer.ts';
import type { BatteryState } from '../../../hal/battery/port.ts';
import type { ModemState } from '../../../hal/modem/port.ts';
import type { PrinterStatus } from '../../../hal/printer/port.ts';
import type { Disk, SystemState } from '../../../hal/system/port.ts';
import {
  batteryLevel,
  isClockUnset,
  isDiskLow,
  isDiskWorn,
  isHot,
  isMemoryLow,
  signalQuality,
} from '../../health/thresholds.ts';
import { type Finding, note, wrong } from './report.ts';

export function judgeSystem(state: SystemState): readonly Finding[] {
  const { cpuC, throttling, memoryAvailableBytes = 0, disks } = state;
  return [
    ...(isHot(state) ? [wrong(`the CPU is at ${cpuC ?? '?'} C`, 'give it air or a fan')] : []),
    ...(throttling?.isUnderVoltage
      ? [wrong('the supply voltage is too low', 'use the official supply and a short cable')]
      : []),
    ...(throttling?.wasUnderVoltage && !throttling.isUnderVoltage
      ? [note('the supply voltage was too low since the start', 'use a stronger supply')]
      : []),
    ...(throttling?.isSlowed || throttling?.isHot
      ? [wrong('the CPU is slowed down', 'see its temperature and its supply')]
      : []),
    ...(isMemoryLow(state)
      ? [wrong(`${megabytes(memoryAvailableBytes)} of memory are free`, 'end other programs')]
      : []),
    ...(isClockUnset(state)
      ? [
          note(
            'clock not synchronised',
            'install chrony or systemd-timesyncd; latency figures need it',
          ),
        ]
      : []),
    ...disks.flatMap(judgeDisk),
  ];
}

function judgeDisk(disk: Disk): readonly Finding[] {
  const { mount, freeBytes, wornPct } = disk;
  return [
    ...(isDiskLow(disk)
      ? [wrong(`${mount} has ${megabytes(freeBytes)} free`, 'delete old recordings')]
      : []),
    ...(isDiskWorn(disk) ? [wrong(`${mount} is worn to ${wornPct} %`, 'replace the card')] : []),
  ];
}

export function judgeBattery(state: BatteryState): readonly Finding[] {
  if (state.phase === 'absent') return [];
  if (state.phase === 'unknown') {
    return [wrong(`the battery does not answer (${state.reason})`, 'see its board and its plugs')];
  }
  const { chargePct, mains, voltageMv } = state;
  const level = batteryLevel(state);
  return [
    ...(mains === 'off' && (level === 'low' || level === 'empty')
      ? [
          wrong(
            `the battery is at ${chargePct ?? '?'} % and the mains are off`,
            'plug the mains in',
          ),
        ]
      : []),
    ...(mains === 'unknown'
      ? [note('whether the mains are on is not known', 'see that the board has its GPIO lines')]
      : []),
    ...(chargePct === undefined && voltageMv === undefined
      ? [note('the battery reports no charge', 'time left will be unknown')]
      : []),
  ];
}

export function judgePrinter(path: string, status: PrinterStatus): readonly Finding[] {
  switch (status.phase) {
    case 'absent':
      return [];
    case 'away':
      return [
        wrong(
          `${path} cannot be used (${status.reason})`,
          path.startsWith('/dev/')
            ? 'check its cable, and that this user is in the group lp'
            : 'check that it is switched on and on this network',
        ),
      ];
    case 'silent':
      return [note(`${path} answers no status`, 'it prints; no alert will come when paper is out')];
    case 'known':
      return [
        ...(status.isCoverOpen ? [wrong(`${path}: its cover is open`, 'close it')] : []),
        ...(status.paper === 'out' ? [wrong(`${path}: it is out of paper`, 'put a roll in')] : []),
        ...(status.paper === 'low'
          ? [note(`${path}: little paper is left`, 'have a roll ready')]
          : []),
        ...(status.fault === undefined
          ? []
          : [wrong(`${path}: ${status.fault}`, 'see the printer')]),
      ];
  }
}

export function judgeModem(modem: ModemState): readonly Finding[] {
  const { model, registration, sim } = modem;
  return [
    ...(sim === 'pin'
      ? [
          wrong(
            `${model}: its SIM wants a PIN`,
            'put it into a file and name that in modems.pin_files, or switch it off in a phone',
          ),
        ]
      : []),
    ...(sim === 'puk'
      ? [wrong(`${model}: its SIM is blocked`, 'unblock it with its PUK in a phone')]
      : []),
    ...(sim === 'absent'
      ? [wrong(`${model}: it has no SIM`, 'put one in; see that it sits right')]
      : []),
    ...(registration === 'denied'
      ? [wrong(`${model}: the network refuses it`, 'ask the operator: contract, roaming, IMEI')]
      : []),
    ...(registration === 'searching'
      ? [note(`${model}: it searches for a network`, 'see its antennas')]
      : []),
    ...(signalQuality(modem) === 'poor'
      ? [note(`${model}: poor signal (${modem.rsrpDbm} dBm)`, 'move its antennas')]
      : []),
  ];
}

export function judgeCapture(
  { id }: FoundCard,
  controls: readonly CaptureControl[] | undefined,
): readonly Finding[] {
  return (controls ?? []).flatMap(({ name, isOn, levelPct }) => [
    ...(isOn === false
      ? [note(`${id}: capture is off at '${name}'`, `amixer -c ${id} sset '${name}' cap`)]
      : []),
    ...(levelPct === 0
      ? [note(`${id}: '${name}' is at 0 %`, `amixer -c ${id} sset '${name}' 60%`)]
      : []),
  ]);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
