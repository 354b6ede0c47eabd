/** Whatever a page that has signed in sends, each request has an answer, and none fails in the server. */
import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startFakeBox } from '../daemon/web/support/fake-box.ts';
import { Dice } from '../simulation/scenario.ts';
import { OWN_PAGE, signIn } from '../support/operator.ts';
import { seeded } from '../support/seeded.ts';
import { mutateText } from './mutate.ts';

const test = suite('any request to the operator’s page');
const SEED = Number(process.env['SEED'] ?? 19);
const RUNS = Number(process.env['RUNS'] ?? 300);

const PATHS = [
  ...['/command', '/panel', '/settings', '/tests/preview', '/update', '/prints/abc', '/session'],
  ...['/setup/answers', '/setup/network', '/setup/preview', '/setup/session', '/look/colors'],
  ...['/look/logo', '/look/title/undo', '/sessions/abc', '/library/clips/abc', '/log?q=a%20b'],
  ...['/library/recordings/card/venuebox-20260501T200000.000Z.mp4', '/reports/a/b', '/whip'],
  ...['/slips/abc.png', '/fleet/abcdefghijklmnopqrstuv.jpg', '/reports/a.csv', '/events'],
];
const ARTICLE =
  '{"id":"print","name":"Print","price":2500,"currency":"EUR","edition":50,"picture":"a.jpg"}';
const BODIES = [
  '{"verb":"mark","args":{"label":"encore"},"isDryRun":false}',
  `{"verb":"drops","args":{"do":"set","drop":{"id":"friday","title":"Friday","catalogue":[${ARTICLE}]}},"isDryRun":true}`,
  '{"do":"switch","name":"camera","isOn":false}',
  `{"tag":"TAG","isTry":true,"changes":{"drop.title":"Friday","drop.catalogue":[${ARTICLE}]}}`,
  '{"tag":"TAG","isTry":false,"isLater":false,"version":1}',
  '{"ssid":"Cafe","password":"espresso1"}',
  '{"step":"wifi","how":"done"}',
  '{"background":"#101820","text":"#ffffff","accent":"#ffd166"}',
  '{"isOn":true}',
];
const METHODS = ['POST', 'POST', 'POST', 'PUT', 'DELETE', 'GET', 'OPTIONS', 'PATCH'];

function send(url: string, method: string, path: string, body: string, cookie: string) {
  return new Promise<number>((resolve, reject) => {
    const headers = { ...OWN_PAGE, cookie, 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/`, { method, path, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      // Events have no end.
      response.destroy();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test(`seed ${SEED}: an answer, and no failure of the server`, async () => {
  await using box = await startFakeBox();
  const dice = new Dice(seeded(SEED));
  let cookie = await signIn(box.url);
  const asked = async (path: string) => fetch(`${box.url}${path}`, { headers: { cookie } });
  const { tag } = (await (await asked('/settings')).json()) as { tag: string };
  for (let run = 0; run < RUNS; run += 1) {
    const damaged = dice.isTrue(0.3) ? mutateText(PATHS, dice) : dice.pick(PATHS);
    const path = `/${damaged.replace(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one.charCodeAt(0).toString()))}`;
    const body = dice.isTrue(0.2) ? dice.pick(BODIES) : mutateText(BODIES, dice);
    const method = dice.pick(METHODS);
    const target = path.replace(/^\/+/, '/').slice(0, 2_000);
    const status = await send(box.url, method, target, body.replace('TAG', tag), cookie);
    assert.ok(
      status < 500 || status === 503,
      `run ${run}: ${status} for ${method} ${target} ${body}`,
    );
    // It may have signed itself out, or lost its connection to wrong PINs.
    if ((await asked('/state.json')).status === 401) {
      box.skip(3_600_000);
      cookie = await signIn(box.url);
    }
  }
  assert.is((await asked('/state.json')).status, 200);
});

test.run();
