import { execFile } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

/** The unit under a real systemd as PID 1, in User Mode Linux: about a minute. */
const test = suite('the service under systemd');

const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
  execFile('bash', ['scripts/lab/systemd.sh'], { timeout: 220_000 }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
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
  'it starts and says READY and how it is': {
    start: '0',
    state: 'active',
    status: 'live, 3 viewers',
  },
  'it runs as its own user with two capabilities in a sandbox': {
    user: 'venuebox',
    groups: /(?=.*video)(?=.*audio)(?=.*gpio)(?=.*i2c)(?=.*dialout)(?=.*lp)/,
    capabilities: '0000000000003000',
    no_new_privs: '1',
    seccomp: '2',
  },
  'it may set its links and read the clock, and no more': {
    try_ip_rule: 'yes',
    try_srv: 'yes',
    try_clock: 'yes',
    try_set_clock: 'no',
    try_etc: 'EROFS',
    try_usr: 'EROFS',
    try_home: 'no',
  },
  'a main process that hangs is killed and started again, with its children': {
    restarts: '1',
    mended_s: /^\d/,
    children_after_hang: '1',
  },
  'a media path that stands still is a hang, too': { stand_still_s: /^\d/ },
  'it ends without an orphan': { stop_result: 'success', orphans: '0' },
  'a wrong config is not tried again': { wrong_config: 'failed 78' },
};

if (code === 3) {
  console.log(`SKIPPED ${Object.keys(TABLE).length}: ${output.trim()}`);
} else {
  test('the lab comes to its end', () => assert.is(code, 0, output.slice(-3_000)));
  for (const [name, facts] of Object.entries(TABLE)) {
    test(name, () => {
      for (const [key, expected] of Object.entries(facts)) {
        if (typeof expected === 'string') assert.is(seen[key], expected, key);
        else assert.match(seen[key] ?? '', expected, key);
      }
    });
  }
  test('the times that were seen are told', () => {
    const { mended_s, ready_again_s, stand_still_s, stop_s } = seen;
    console.log({ mended_s, ready_again_s, stand_still_s, stop_s });
  });
}

test.run();
