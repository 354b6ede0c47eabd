/** The page that verifies claim stubs, as it is saved and as it is opened from the box. */
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PrintAnswers } from '../../../../daemon/web/box-answers.ts';

const test = suite('stub checker');

test('opened, its own script runs, and nothing of the operator’s page is its', async () => {
  const script = "show('<\\/script>')";
  const answers = new PrintAnswers(
    {
      jobs: () => [],
      preview: async () => Buffer.from(`<!doctype html><script>${script}</script></html>`),
      reprint: async () => ({ status: 'done', detail: '' }),
      resolve: async () => ({ status: 'done', detail: '' }),
    },
    { confirmPin: async () => undefined },
  );
  const { headers = {}, type } = await answers.stubChecker();
  const policy = String(headers['Content-Security-Policy']);
  const hash = createHash('sha256').update(script).digest('base64');
  assert.match(policy, /^sandbox allow-scripts;/);
  assert.ok(policy.includes(`script-src 'sha256-${hash}';`), policy);
  assert.match(type, 'text/html');
  assert.is(headers['Content-Disposition'], undefined);
  assert.is(headers['Cross-Origin-Opener-Policy'], 'unsafe-none');
  const saved = await answers.preview('stubs.html');
  assert.match(String(saved.headers?.['Content-Disposition']), 'attachment');
});

test.run();
