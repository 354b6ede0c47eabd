/** Tests of what messages about a config show of it. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { messageOf } from '../../../hal/os/log.ts';

const test = suite('what is shown of a config');

function told(yaml: string, overrides: readonly string[] = []): string {
  try {
    parseConfig('box.yaml', yaml, overrides);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const SECRET = 'hunter2';
/** Where a person may write a secret, and what they write. `S` is the secret. */
const WRONG: readonly (readonly [key: string, value: string])[] = [
  ['mqtt.url', 'mqtt://me:S@10.0.0.5'],
  ['mqtt.url', 'me:S@10.0.0.5:1883'],
  ['mqtt.url', 'mqtt://me:a/S@10.0.0.5'],
  ['mqtt.url', 'mqtt://10.0.0.5?password=S'],
  ['mqtt.password', 'S'],
  ['mqtt.password_file', '[S]'],
  ['mqtt.username', '{a: S}'],
  ['edge.upstream', 'ftp://me:S@10.0.0.5'],
  ['edge.upstream', 'http://me:S@10.0.0.5'],
  ['camera.url', '[rtsp://me:S@10.0.0.5/live]'],
  ['uplink', '{host: "me:S@h", port: 1}'],
  ['uplink', '{host: "h?passphrase=S", port: 1}'],
  ['uplink', `{host: h, port: 1, stream_id: "${'x'.repeat(600)}S"}`],
  ['uplink', '{host: h, port: 1, passphrase: S}'],
  ['operator.pin_hash', 'S'],
  ['operator.pin', 'S'],
  ['operator.host_names', '["me:S@host"]'],
  ['modems.pin_files', '{sim: {a: S}}'],
  ['clips.token_secret_file', '[S]'],
  ['camera.driver', '"https://x?token=S"'],
];

test('no message about a config holds a secret, whichever key it stands in', () => {
  for (const [key, value] of WRONG) {
    const wrong = value.replaceAll('S', SECRET);
    const message = told('', [`${key}=${wrong}`]);
    if (key !== 'mqtt.username') assert.is.not(message, '', `${key}: ${value}`);
    assert.not.match(message, SECRET, `${key}: ${value}`);
    // And as a file, where the key can be written as one.
    const [section = '', ...rest] = key.split('.');
    const yaml = rest.length === 0 ? `${section}: ${wrong}` : `${section}: {${rest}: ${wrong}}`;
    assert.not.match(told(yaml).replaceAll(SECRET, `${SECRET} of ${yaml}`), SECRET, yaml);
  }
  assert.not.match(told('', [`mqtt.url ${SECRET}@x`]), SECRET);
});

test('a number in a secret’s place is not shown either', () => {
  for (const key of ['operator.pin_file', 'mqtt.password_file', 'clips.token_secret_file']) {
    const message = told('', [`${key}=4711`]);
    assert.match(message, `${key} must be text`);
    assert.not.match(message, '4711');
  }
});

test('a file that is no config is not printed line by line', () => {
  const shadow = `root:$6$${SECRET}:19000:0:99999:7:::\nme:$6$${SECRET}:19000:0:99999:7:::\n`;
  for (const text of [shadow, SECRET, `- ${SECRET}`, `"${SECRET}`, `a: *${SECRET}`, `!${SECRET} {`])
    assert.not.match(told(text), SECRET, text);
  assert.match(told(SECRET), 'the config must hold keys and values');
});

test('a key that is none is no warning of yaml, which would quote the file', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on('warning', onWarning);
  told(`? {a: ${SECRET}}\n: b\n`);
  told('', [`camera={? [${SECRET}] : b}`]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off('warning', onWarning);
  assert.equal(warnings, []);
});

test('any text gives a short message in lines without control characters', () => {
  const odd = fc.string({ unit: fc.constantFrom('a', '\x1b', '\n', '\r', '‮', ':', '"', '  ') });
  fc.assert(
    fc.property(odd, odd, fc.integer({ min: 0, max: 120 }), (key, value, repeats) => {
      const yaml = `${JSON.stringify(key.repeat(repeats + 1))}: ${JSON.stringify(value)}\n`;
      const more = `camera: {driver: ${JSON.stringify(value.repeat(repeats))}}\n`;
      const message = told(yaml + more);
      assert.not.match(message, /[\p{Cc}\p{Cf}]/u.exec(message.replaceAll('\n', ''))?.[0] ?? '\0');
      assert.ok(message.split('\n').every((line) => line.length <= 520));
    }),
    { seed: 19 },
  );
});

test('a value of 10 MB and 10,000 unknown keys are told in a few lines', () => {
  const long = told(`camera: {driver: ${'x'.repeat(10_000_000)}}`);
  assert.ok(long.length < 500, long.slice(0, 500));
  const many = told(Array.from({ length: 10_000 }, (_, i) => `k${i}: 1`).join('\n'));
  assert.ok(many.split('\n').length <= 66);
  const wrong = told('[\n'.repeat(2_000) + ': {'.repeat(500));
  assert.ok(wrong.split('\n').length <= 52, wrong.slice(0, 300));
});

test('what a camera or a broker says of an address is told without its login', () => {
  for (const [text, shown] of [
    ['no rtsp://me:hunter2@10.0.0.9/live there', 'no rtsp://…@10.0.0.9/live there'],
    ['srt://h:1?passphrase=hunter2&mode=caller', 'srt://h:1?passphrase=…&mode=caller'],
    ['rtspsrc user-id="a" user-pw="hun\\"ter2" x', 'rtspsrc user-id=… user-pw=… x'],
    ['see https://a.b/@c and x@y', 'see https://a.b/@c and x@y'],
  ] as const) {
    assert.is(messageOf(new Error(text)), shown);
    assert.is(messageOf(new Error('a', { cause: new Error(text) })), `a: ${shown}`);
  }
});

test.run();
