/** Tests of the verb `doctor`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inTime } from '../../../../daemon/cli/doctor/doctor.ts';
import {
  judgeBattery,
  judgeCapture,
  judgeModem,
  judgePrinter,
  judgeSystem,
} from '../../../../daemon/cli/doctor/findings.ts';
import { probeRecordings } from '../../../../daemon/cli/doctor/recordings.ts';
import {
  type DoctorReport,
  type Finding,
  note,
  PARTS,
  renderReport,
  wrong,
  wrongCount,
} from '../../../../daemon/cli/doctor/report.ts';
import { parseCommand } from '../../../../daemon/cli/parse.ts';
import { parseConfig } from '../../../../daemon/config/file.ts';
import type { ModemState } from '../../../../hal/modem/port.ts';
import { runCommand } from '../../../../hal/os/process.ts';
import type { SystemState } from '../../../../hal/system/port.ts';
import { DAEMON } from '../../../support/daemon.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('venuebox doctor');
const never = new AbortController().signal;

function doctor(...args: readonly string[]) {
  const command = [...DAEMON, 'doctor', ...args];
  return runCommand(process.execPath, command, { timeoutMs: 120_000 });
}

const severities = (findings: readonly Finding[]) => findings.map(({ severity }) => severity);

test('on this machine every part is reported, and the exit code says whether something is wrong', async () => {
  const { exitCode, stdout } = await doctor('--json');
  const report = JSON.parse(stdout) as DoctorReport;
  assert.equal(
    report.parts.map(({ part }) => part),
    [...PARTS],
  );
  assert.is(exitCode, wrongCount(report) > 0 ? 1 : 0);
  assert.ok(report.parts[0]?.lines.some((line) => line.startsWith('memory')));
  assert.match(report.machine, `Node ${process.versions.node}`);
});

test('two recording targets on one disk are noted, and one without its disk is wrong', async () => {
  const report = await probeRecordings(
    parseConfig('x', '', [
      'recording.targets=[{id: a, folder: /tmp/a}, {id: b, folder: /tmp/b}, {id: usb, folder: /media/nothing-here, own_volume: true}]',
    ]),
    '/tmp',
  );
  assert.match(report.lines.join(), 'a: /tmp/a on ');
  assert.equal(severities(report.findings), ['wrong', 'note', 'note', 'note']);
  assert.match(report.findings[3]?.what ?? '', /^a and b are on one disk \(/);
});

test('a configured camera and card that are not there are wrong, with advice, and exit code 1', async () => {
  const { exitCode, stdout } = await doctor(
    ...['sound', 'camera'],
    ...['--set', 'camera.driver=v4l2', '--set', 'camera.device=/dev/video99'],
    ...['--set', 'sound.driver=alsa', '--set', 'sound.device=hw:CARD=NoCard'],
  );
  assert.is(exitCode, 1);
  assert.match(stdout, /WRONG camera \/dev\/video99 is not there: plug it in/);
  assert.match(stdout, /WRONG sound card NoCard is not there .*: plug it in/);
  assert.match(stdout, /\n2 things are wrong\.\n/);
});

test('the printer, battery and modems of the config are examined', async () => {
  const set = (...settings: readonly string[]) => settings.flatMap((one) => ['--set', one]);
  const { exitCode, stdout } = await doctor(
    ...['printer', 'battery', 'modems'],
    ...set('printer.driver=network', 'printer.host=127.0.0.9', 'printer.port=1'),
    ...set('power.board=none', 'modems.driver=at', 'modems.at_ports=[/dev/ttyUSB77]'),
  );
  assert.is(exitCode, 1);
  assert.match(stdout, /WRONG 127\.0\.0\.9:1 cannot be used .*: check that it is switched on/);
  assert.match(stdout, 'battery: set to none');
  assert.match(stdout, 'WRONG serial port /dev/ttyUSB77 is not there: plug in its modem');
});

test('the command line: --json, a config, some parts', () => {
  assert.equal(parseCommand(['doctor', '--json', '--config', 'a.yaml']), {
    verb: 'doctor',
    config: 'a.yaml',
    overrides: [],
    parts: PARTS,
    isJson: true,
  });
  const some = parseCommand(['doctor', 'printer', 'camera']);
  assert.equal(some.verb === 'doctor' && some.parts, ['camera', 'printer']);
  assert.throws(() => parseCommand(['doctor', 'now']), /unknown part now/);
});

test('a part that hangs is a finding after 30 s, one that throws at once', async () => {
  const clock = new VirtualClock();
  const hung = inTime('printer', () => new Promise(() => {}), clock, never);
  await clock.advance(30_000);
  const { findings, driver } = await hung;
  assert.is(driver, 'unknown');
  assert.match(findings[0]?.what ?? '', 'no answer in 30 s');
  const failing = () => Promise.reject(new Error('broken'));
  assert.match((await inTime('x', failing, clock, never)).findings[0]?.what ?? '', 'broken');
  const well = { part: 'x', driver: 'y', lines: [], findings: [] };
  assert.equal(await inTime('x', async () => well, clock, never), well);
});

test('a report counts what is wrong, and what devices say cannot write to the terminal', () => {
  const part = {
    part: 'printer',
    driver: 'usblp',
    lines: ['/dev/usb/lp0: \u001b[2Jevil\r'],
    findings: [wrong('it is out of paper', 'put a roll in'), note('slow', 'wait')],
  };
  const text = renderReport({ machine: 'Pi', parts: [part] }, 'http://pi:8080/');
  assert.is(
    text,
    'Pi\n\nprinter: usblp\n  /dev/usb/lp0: ?[2Jevil?\n  WRONG it is out of paper: put a roll in\n  note  slow: wait\n\n1 thing is wrong.\n\nWatch at http://pi:8080/ while the box runs.\n',
  );
  assert.match(renderReport({ machine: 'Pi', parts: [] }, 'http://pi:8080/'), 'Nothing is wrong.');
});

test('a calm machine has no findings; a hot, starved and full one has', () => {
  const off = {
    isUnderVoltage: false,
    isSlowed: false,
    isHot: false,
    wasUnderVoltage: false,
    wasSlowed: false,
  };
  const calm: SystemState = {
    cpuC: 48,
    throttling: off,
    loadPct: 21,
    memoryTotalBytes: 4_000_000_000,
    memoryAvailableBytes: 2_600_000_000,
    disks: [{ mount: '/', device: '/dev/mmcblk0p2', totalBytes: 32e9, freeBytes: 20e9 }],
    clock: { phase: 'synchronised', maxErrorMs: 12 },
    interfaces: [],
  };
  assert.equal(judgeSystem(calm), []);
  const upset: SystemState = {
    ...calm,
    cpuC: 84,
    throttling: { ...off, isUnderVoltage: true, wasUnderVoltage: true, isSlowed: true },
    memoryAvailableBytes: 90e6,
    clock: { phase: 'free' },
    disks: [
      { mount: '/', device: '/dev/mmcblk0p2', totalBytes: 32e9, freeBytes: 1e9, wornPct: 90 },
      { mount: '/boot', device: '/dev/mmcblk0p1', totalBytes: 5e8, freeBytes: 4e8 },
    ],
  };
  const findings = judgeSystem(upset);
  assert.equal(severities(findings), [
    'wrong',
    'wrong',
    'wrong',
    'wrong',
    'note',
    'wrong',
    'wrong',
  ]);
  assert.ok(!findings.some(({ what }) => what.includes('/boot')));
});

test('batteries: low without mains, silent, mains not known', () => {
  const known = {
    phase: 'known',
    source: 'x',
    mains: 'on',
    chargePct: 15,
    voltageMv: 3500,
  } as const;
  assert.equal(judgeBattery(known), []);
  assert.equal(severities(judgeBattery({ ...known, mains: 'off' })), ['wrong']);
  assert.equal(severities(judgeBattery({ ...known, mains: 'unknown' })), ['note']);
  const unknown = { phase: 'unknown', source: 'x', reason: 'GONE', mains: 'on' } as const;
  assert.equal(severities(judgeBattery(unknown)), ['wrong']);
  assert.equal(judgeBattery({ phase: 'absent' }), []);
});

test('printers: paper, cover, silence, away', () => {
  const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false } as const;
  const of = (status: Parameters<typeof judgePrinter>[1]) =>
    severities(judgePrinter('/dev/usb/lp0', status));
  assert.equal(of(well), []);
  assert.equal(of({ ...well, paper: 'out', isCoverOpen: true }), ['wrong', 'wrong']);
  assert.equal(of({ ...well, paper: 'low' }), ['note']);
  assert.equal(of({ ...well, fault: 'the cutter is stuck' }), ['wrong']);
  assert.equal(of({ phase: 'silent' }), ['note']);
  assert.equal(of({ phase: 'away', reason: 'EACCES' }), ['wrong']);
});

test('modems: what a person must do about SIM, network and antennas', () => {
  const well: ModemState = {
    id: '1',
    model: 'LTE',
    registration: 'connected',
    technology: 'lte',
    sim: 'ready',
    addresses: [],
    rsrpDbm: -80,
  };
  const of = (change: Partial<ModemState>) => severities(judgeModem({ ...well, ...change }));
  assert.equal(of({}), []);
  assert.equal(of({ sim: 'pin', registration: 'locked' }), ['wrong']);
  assert.equal(of({ sim: 'puk' }), ['wrong']);
  assert.equal(of({ sim: 'absent', registration: 'failed' }), ['wrong']);
  assert.equal(of({ registration: 'denied' }), ['wrong']);
  assert.equal(of({ registration: 'searching', rsrpDbm: -120 }), ['note', 'note']);
});

test('a capture control that is off or at zero is reported with the command that turns it up', () => {
  const card = { index: 1, id: 'Mic', name: 'Mic', aliases: [], captures: [] };
  const [off, zero] = judgeCapture(card, [
    { name: 'Capture', isOn: false },
    { name: 'Gain', levelPct: 0 },
    { name: 'Line', levelPct: 70, isOn: true },
  ]);
  assert.is(off?.advice, "amixer -c Mic sset 'Capture' cap");
  assert.is(zero?.advice, "amixer -c Mic sset 'Gain' 60%");
  assert.equal(judgeCapture(card, undefined), []);
});

test.run();
