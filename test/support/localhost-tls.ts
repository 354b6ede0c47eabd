/** Makes a self-signed certificate for localhost. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A certificate for `localhost` that signed itself, made by openssl.
 *
 * @param names As `DNS:localhost,IP:10.0.0.1`.
 */
export function makeLocalhostTls(names = ''): { readonly cert: Buffer; readonly key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-tls-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const subject = ['-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const more = names === '' ? [] : ['-addext', `subjectAltName=${names}`];
  execFileSync('openssl', [...request, ...subject, ...more, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const made = { cert: readFileSync(cert), key: readFileSync(key) };
  rmSync(folder, { recursive: true });
  return made;
}
