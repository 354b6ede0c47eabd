/** What the operator's page says where there is no picture. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { whyNoPicture } from '../../../../daemon/web/page/sections/picture.ts';
import { en } from '../../../../daemon/web/page/text/stage/en.ts';
import type { Model } from '../../../../daemon/web/page/ui/model.ts';
import type { View } from '../../../../daemon/web/protocol.ts';
import { fakeSnapshot } from '../support/fake-snapshot.ts';

const test = suite('why there is no picture');
// Files after this one share its process.
test.after(() => void Reflect.deleteProperty(globalThis, 'location'));

const NOW_MS = new Date(2026, 10, 30, 23, 1).getTime();
const UNTIL_MS = new Date(2026, 10, 30, 23, 15).getTime();

function say(change: Partial<View>): string {
  Object.assign(globalThis, { location: { protocol: 'http:', hostname: 'box.local' } });
  const view = { ...fakeSnapshot(), ...change };
  const viewers = { port: 8080, previewPath: '/preview/x', hasWhep: false };
  return whyNoPicture({ view, viewers } as unknown as Model, NOW_MS, false);
}

test('after a drop it says until when its end is served, and that the preview comes then', () => {
  const idle = { drop: { phase: 'idle', sinceMs: NOW_MS }, media: undefined } as const;
  assert.is(say({ ...idle, endServedUntilMs: undefined }), en.cameraOff);
  assert.is(
    say({ ...idle, endServedUntilMs: UNTIL_MS }),
    'Guests may still watch the end of the last drop. A preview is possible from 23:15 on.',
  );
});

test('once a drop is prepared again, its camera is what is missing', () => {
  const armed = { drop: { phase: 'armed', sinceMs: NOW_MS }, media: undefined } as const;
  assert.match(say({ ...armed, endServedUntilMs: UNTIL_MS }), /^No picture from the camera/);
});

test.run();
