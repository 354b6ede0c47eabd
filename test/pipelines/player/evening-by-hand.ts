/**
 * `npm run evening [-- Chromium Firefox WebKitGTK]`: a guest's evening at its full length in each
 * browser: the network is lost for 15 s, the phone locked for 25.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDetailedBox } from '../../support/box.ts';
import { eveningSettings, STEPS } from '../../support/browser/evening/course.ts';
import { PHONES } from '../../support/browser/evening/phone.ts';
import { openDeadLine } from '../../support/network/dead-line.ts';

const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'venuebox-evening-'));
for (const [name, open] of Object.entries(PHONES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  await using box = await startDetailedBox(eveningSettings(join(folder, name)), ['demo', '--idle']);
  await using line = await openDeadLine(box.url);
  await using phone = await open();
  for (const step of STEPS) {
    const startedMs = performance.now();
    await step({ box, line, phones: [phone], lostMs: 15_000, lockedMs: 25_000 });
    const s = ((performance.now() - startedMs) / 1_000).toFixed(1);
    console.log(`${name}: ${step.name}, ${s} s`);
  }
}
rmSync(folder, { recursive: true, force: true });
