/** The certificate for HTTPS that expires: when it is said, with which words, and what is looked at. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { trackCertificates } from '../../../daemon/settings/certificate-expiry.ts';
import { translate } from '../../../daemon/web/page/text/translation.ts';
import { LANGUAGES } from '../../../pipelines/player/text/language.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { type Change, machine, watch } from './support/watched-box.ts';

const test = suite('certificate that expires');

const UNTIL_MS = Date.UTC(2027, 0, 20, 12);
const expiring = (daysLeft: number): Change => ({ certificate: { untilMs: UNTIL_MS, daysLeft } });

/** What a box says of it. */
async function said(change: Change) {
  await using box = watch(change);
  await box.clock.advance(200_000);
  return box.health.warnings().find(({ key }) => key === 'certificate-expires');
}

test('two weeks before it is a warning with the date, and once it has expired it is critical', async () => {
  assert.is(await said(expiring(14)), undefined);
  for (const daysLeft of [13, 0]) {
    const { text, severity } = (await said(expiring(daysLeft))) ?? {};
    assert.is(text, 'The certificate for HTTPS expires on 20 Jan 2027');
    assert.is(severity, 'warning');
  }
  const { text, severity } = (await said(expiring(-1))) ?? {};
  assert.is(text, 'The certificate for HTTPS expired on 20 Jan 2027');
  assert.is(severity, 'critical');
  for (const language of LANGUAGES)
    assert.match(translate(text ?? '', language) ?? '', '20 Jan 2027');
});

test('by a clock that is not synchronised nothing is said', async () => {
  for (const phase of ['free', 'unknown'] as const) {
    const clock = machine({ clock: { phase } });
    assert.is(await said({ ...expiring(-400), ...clock }), undefined);
  }
});

test('of all ports the one that expires first counts, and a renewed one within a minute', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-expiry-'));
  const file = join(folder, 'cert.pem');
  const config = (yaml: string) => parseConfig('test', yaml, []);
  let now = config('');
  const at = { ms: 0, wallMs: Date.now() };
  const clock = { monotonicMs: () => at.ms, wallMs: () => at.wallMs };
  const certificate = trackCertificates(() => now, clock);
  assert.is(certificate(), undefined);
  for (const part of ['operator', 'viewers', 'orders: {webhook']) {
    const end = part.includes('{') ? '}' : '';
    const open = `${part}: {`;
    now = config(`${open}tls: {cert_file: ${file}, key_file: ${file}}}${end}`);
    writeFileSync(file, 'none');
    at.ms += 60_000;
    assert.is(certificate(), undefined, 'its port says what is wrong with it');
    writeFileSync(file, makeLocalhostTls().cert);
    at.ms += 60_000;
    assert.is(certificate()?.daysLeft, 1, part);
  }
  at.wallMs += 2 * 86_400_000;
  assert.is(certificate()?.daysLeft, -1);
  rmSync(folder, { recursive: true });
});

test.run();
