/** The service under a real systemd as PID 1, in User Mode Linux. */
import { execFile } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the service under systemd');

interface Run {
  readonly code: unknown;
  readonly output: string;
  readonly said: string;
}

const { code, output, said } = await new Promise<Run>((resolve) => {
  execFile('bash', ['scripts/lab/systemd.sh'], { timeout: 610_000 }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : error.code, output: stdout, said: stderr });
  });
});
const seen = Object.fromEntries(
  output
    .trim()
    .split('\n')
    .map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
);

const TABLE: Readonly<Record<string, Readonly<Record<string, string | RegExp>>>> = {
  'it is installed twice and taken away': {
    install: '0',
    install_again: '0',
    uninstall: '0',
    unit_left: '',
    user_left: '',
  },
  'it starts and says READY once it is idle and well, and how it is': {
    start: '0',
    state: 'active',
    status: 'idle, 0 viewers',
  },
  'it runs as its own user with three capabilities in a sandbox': {
    user: 'venuebox',
    groups: /(?=.*video)(?=.*audio)(?=.*gpio)(?=.*i2c)(?=.*dialout)(?=.*lp)/,
    // CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW.
    capabilities: '0000000000003400',
    no_new_privs: '1',
    seccomp: '2',
  },
  'it may set its links and read the clock, and no more': {
    probe: '0',
    try_ip_rule: 'yes',
    try_srv: 'yes',
    try_clock: 'yes',
    try_set_clock: 'no',
    try_etc: 'EROFS',
    try_usr: 'EROFS',
    try_sysfs: 'EACCES',
    try_home: 'no',
  },
  'it makes a lamp of the LED class shine and blink, though it is not root': {
    led_on_mains: '255',
    led_off_mains: '[timer] 1800 200',
  },
  'its button takes it live': { live: /^live/ },
  'a main process that hangs is killed with its children, and its drop goes on': {
    strict: '0',
    restarts: /^[1-9]/,
    recovered_s: /^\d/,
    children_after_hang: '0',
    live_again: /^live/,
  },
  'a media process that stalls is a hang, too': { media_stall_s: /^\d/ },
  'it ends while live and recording, without an orphan': {
    recording: '0',
    processes: /^[4-9]$/,
    stop_result: 'success',
    stop_code: '0',
    orphans: '0 ',
  },
  'a wrong config is not tried again': { wrong_config: 'failed 78' },
  'its button ends the machine by logind, and the box ends well before that': {
    start_at_last: '0',
    went_off: 'yes',
    ended: 'success',
  },
};

/** What the issue asks for; a loaded machine misses it, which is printed. */
const MAX_S: Readonly<Record<string, number>> = { recovered_s: 5, stop_s: 5 };

if (code === 3) {
  console.log(`SKIPPED ${Object.keys(TABLE).length}: ${output.trim()}`);
} else {
  test('the lab comes to its end', () => assert.is(code, 0, (output + said).slice(-3_000)));
  for (const [name, facts] of Object.entries(TABLE)) {
    test(name, () => {
      for (const [key, expected] of Object.entries(facts)) {
        const is = seen[key] ?? '';
        const isRight = typeof expected === 'string' ? is === expected : expected.test(is);
        assert.ok(isRight, `${key} is '${is}', not ${expected}\n${said.slice(-6_000)}`);
      }
    });
  }
  test('the machine went off by itself', () => assert.is(seen['still_on'], undefined));
  test('the measured times are printed', () => {
    for (const key of ['start_s', 'recovered_s', 'ready_again_s', 'media_stall_s', 'stop_s']) {
      const took = Number(seen[key]);
      const isMissed = took > (MAX_S[key] ?? Infinity);
      console.log(`  ${key} ${took}${isMissed ? ` MISSED: not ${MAX_S[key]}` : ''}`);
    }
  });
}

test.run();
