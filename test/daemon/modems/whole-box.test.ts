/** Tests of a running box with a simulated serial modem. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { startBox, until } from '../../support/box.ts';
import { answering, freshModem } from '../../support/modem/at-modem.ts';
import { openPty } from '../../support/pty.ts';

const test = suite('a box with a serial modem');

test('it warns of a wrong PIN, takes the right one from its file, and logs neither', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-pin-'));
  const file = join(folder, 'sim.pin');
  await writeFile(file, '918273\n');
  await using pty = openPty();
  const modem = freshModem('546372');
  pty.onData(answering(modem, (text) => pty.write(text)));
  const settings = [
    'modems.driver=at',
    `modems.at_ports=[${pty.path}]`,
    `modems.pin_files={any: ${file}}`,
  ];
  await using box = await startBox(settings, ['demo', '--idle']);
  const warned = async (key: string) =>
    (await box.state<BoxSnapshot>()).warnings.some((warning) => warning.key === key);
  await until(() => warned('sim-867530900000017-pin-wrong'), 60_000, box.output);
  await writeFile(file, '546372\n');
  const isOpen = async () => {
    const { modems } = await box.state<BoxSnapshot>();
    return modems.phase === 'known' && modems.modems[0]?.registration === 'registered';
  };
  await until(isOpen, 60_000, box.output);
  const tried = modem.received.filter((command) => command.startsWith('AT+CPIN='));
  assert.equal(tried, ['AT+CPIN="918273"', 'AT+CPIN="546372"']);
  assert.not.match(box.output(), /918273|546372/);
  await rm(folder, { recursive: true });
});

test.run();
