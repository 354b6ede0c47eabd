/** The limits that alerts, checks, doctor and pages share. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  batteryLevel,
  isDiskLow,
  isHot,
  quietChannels,
  signalBars,
  signalQuality,
  soundLevel,
} from '../../../daemon/health/thresholds.ts';
import type { BatteryReading } from '../../../hal/battery/port.ts';

const test = suite('thresholds');

test('signal quality as a person would call it, with bars that agree', () => {
  const radios = [
    { rsrpDbm: -75, sinrDb: 20 },
    { rsrpDbm: -95, sinrDb: 8 },
    { rsrpDbm: -112, sinrDb: 20 },
    { rsrpDbm: -75, sinrDb: -1 },
    {},
  ];
  assert.equal(radios.map(signalQuality), ['good', 'fair', 'poor', 'poor', 'unknown']);
  assert.equal(radios.map(signalBars), [4, 3, 1, 4, undefined]);
});

test('a battery is as low as its worse figure, and full on mains', () => {
  const level = (change: Partial<BatteryReading>) =>
    batteryLevel({ phase: 'known', source: 'x', mains: 'off', ...change });
  assert.is(level({ chargePct: 90 }), 'good');
  assert.is(level({ chargePct: 35 }), 'saving');
  assert.is(level({ chargePct: 90, timeLeftS: 1_200 }), 'low');
  assert.is(level({ chargePct: 11 }), 'empty');
  assert.is(level({ chargePct: 1, mains: 'on' }), 'good');
  assert.is(level({}), 'good');
});

test('sound is clipped on any channel, and silent only on all', () => {
  assert.is(soundLevel([-12, 0]), 'clipped');
  assert.is(soundLevel([-80, -90]), 'silent');
  assert.is(soundLevel([-12, -90]), 'good');
  assert.equal(quietChannels([-12, -90]), [2]);
  assert.equal(quietChannels([-80, -90]), []);
});

test('heat is the sensor or the firmware, and a disk is judged by its share', () => {
  const system = { disks: [], interfaces: [], clock: { phase: 'free' as const } };
  assert.ok(isHot({ ...system, cpuC: 80 }));
  assert.not(isHot({ ...system, cpuC: 79 }));
  assert.ok(isDiskLow({ mount: '/', device: 'x', totalBytes: 100, freeBytes: 4 }));
});

test.run();
