/** An edge that has port 80 itself: phones of the box's own hotspot are led to the set-up. */
import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ToEdge } from '../../../pipelines/edge/messages.ts';
import { runEdgeService } from '../../../pipelines/edge/service.ts';
import { freePort } from '../../support/free-port.ts';

const test = suite('portal of an edge');

const HOST = '127.0.0.1';
const SET_UP = 'http://10.42.0.1:8081/';

/** Serves on any port; that it is 80 is the daemon's to know. */
async function openEdge() {
  const port = await freePort();
  const server = { host: HOST, port, maxConnections: 20, maxConnectionsPerAddress: 20 };
  const settings = {
    ...{ upstream: `http://${HOST}:1`, maxBytes: 1e6, hasPush: false, tokenSecretFile: '' },
    drop: { title: 'Live', startsAt: '' },
    server: { ...server, portal: { address: HOST, hasGuests: false } },
  };
  const ending = new AbortController();
  let tell = (_message: ToEdge): void => undefined;
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    const send = ({ type }: { readonly type: string }) => type === 'listening' && resolve();
    const onCommand = (handler: typeof tell) => {
      tell = handler;
    };
    running = runEdgeService(settings, { send, onCommand }, ending.signal);
    running.catch(reject);
  });
  const probe = () =>
    new Promise<string>((resolve, reject) => {
      const headers = { host: 'captive.apple.com' };
      const options = { host: HOST, port, path: '/hotspot-detect.html', headers, agent: false };
      const asking = request(options, (response) => {
        response.resume();
        resolve(`${response.statusCode} ${response.headers.location ?? ''}`.trim());
      });
      asking.once('error', reject).end();
    });
  return {
    probe,
    tell: (message: ToEdge) => tell(message),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

test('while the hotspot is up a phone’s question leads to the set-up, and before and after it does not', async () => {
  await using edge = await openEdge();
  assert.not.match(await edge.probe(), SET_UP);
  edge.tell({ type: 'portal', page: SET_UP });
  assert.is(await edge.probe(), `302 ${SET_UP}`);
  edge.tell({ type: 'portal' });
  assert.not.match(await edge.probe(), SET_UP);
});

test.run();
