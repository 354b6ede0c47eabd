/** The offline page and the box agree on every claim; `venuebox ticket`. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCommand } from '../../../../daemon/cli/parse.ts';
import { runTicketCommand } from '../../../../daemon/cli/ticket-command.ts';
import { rawKeyOf, renderClaim, verifyClaim } from '../../../../daemon/printing/claim.ts';
import { openClaimKeys } from '../../../../daemon/printing/claim-key.ts';
import { chooseStubLanguage, STUB_TEXTS } from '../../../../daemon/printing/page/text/languages.ts';
import { readClaim as readIn } from '../../../../daemon/printing/page/verify.ts';
import { silentLog } from '../../../../hal/os/log.ts';

const test = suite('claims without a network');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = rawKeyOf(publicKey);
const CLAIM = {
  ...{ drop: 'Ночь', orderId: 'o-1', itemId: 'tape', number: 3 },
  ...{ piece: 1, pieces: 2, atS: 1_795_000_000 },
};
const CODE = renderClaim(CLAIM, privateKey);
const readClaim = (code: string, key: string) => readIn(code, key, STUB_TEXTS.en);

test('the page reads a stub as the box does', () => {
  const { isValid, text } = readClaim(CODE, key);
  assert.is(isValid, true);
  assert.match(text, 'VALID\ntape, No. 3\npiece 1 of 2\norder o-1\ndrop Ночь');
  const other = rawKeyOf(generateKeyPairSync('ed25519').publicKey);
  assert.match(readClaim(CODE, other).text, 'NOT VALID\nIt was not signed by this box.');
});

test('each phone reads the page in its own language', () => {
  const languages = [['pt-BR', 'en'], ['xx', 'nl'], ['ja'], []].map(chooseStubLanguage);
  assert.equal(languages, ['pt', 'nl', 'en', 'en']);
  const { de } = STUB_TEXTS;
  assert.match(readIn(CODE, key, de).text, 'GÜLTIG\ntape, Nr. 3\nStück 1 von 2\nBestellung o-1');
  assert.is(readIn('VB2', key, de).text, 'UNGÜLTIG\nDas ist kein Abholbeleg einer venuebox.');
});

test('whatever is changed in a claim, page and box refuse it alike', () => {
  const change = fc.tuple(
    fc.nat({ max: CODE.length }),
    fc.string({ maxLength: 3 }),
    fc.nat({ max: 3 }),
  );
  fc.assert(
    fc.property(change, ([at, put, cut]) => {
      const text = CODE.slice(0, at) + put + CODE.slice(at + cut);
      const box = verifyClaim(text, publicKey).isValid;
      assert.is(readClaim(text, key).isValid, box, text);
      if (text.trim() !== CODE) assert.is(box, false, text);
    }),
    { seed: 15, numRuns: 300 },
  );
});

test('ticket verify says whether a stub is of this box, and ticket page has its key only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticket-'));
  const env = { STATE_DIRECTORY: folder };
  const run = (...words: readonly string[]) => {
    const command = parseCommand(['ticket', ...words]);
    if (command.verb !== 'ticket') throw new Error(command.verb);
    return runTicketCommand(command, env);
  };
  try {
    assert.match(String(await run('verify', CODE).catch(String)), 'ticket-key.pem with --key');
    const keys = await openClaimKeys(folder, silentLog);
    const stub = renderClaim(CLAIM, keys.privateKey);
    const good = await run('verify', stub);
    assert.match(good.text, /^valid: tape, number 3; piece 1 of 2, order o-1, drop Ночь/);
    assert.is((await run('verify', CODE)).isValid, false);
    const out = join(folder, 'page.html');
    await run('page', '--out', out);
    const page = await readFile(out, 'utf8');
    assert.ok(page.includes(`content="${rawKeyOf(keys.publicKey)}"`));
    assert.not.ok(page.includes('__SCRIPT__') || page.includes('PRIVATE KEY'));
    for (const { order } of Object.values(STUB_TEXTS)) assert.ok(page.includes(order), order);
    assert.not.match(page, /(?:src|href)="http/);
    assert.throws(() => parseCommand(['ticket']), /ticket needs what to do/);
    assert.throws(() => parseCommand(['ticket', 'verify']), /needs the text of a QR code/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
