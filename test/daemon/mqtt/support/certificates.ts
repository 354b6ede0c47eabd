/** A CA, a server and clients, made by openssl. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  readonly ca: string;
  /** Certificate and key files by common name. */
  readonly of: (name: string) => { readonly cert: string; readonly key: string };
}

/** A CA of its own, a server at 127.0.0.1, and clients, made by openssl in `folder`. */
export function makeCertificates(folder: string, clients: readonly string[]): Certificates {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    ...[...request, '-x509', '-days', '2', '-subj', '/CN=test ca'],
    ...['-keyout', path('ca.key'), '-out', path('ca.crt')],
  );
  writeFileSync(path('server.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of ['server', ...clients]) {
    const extra = name === 'server' ? ['-extfile', path('server.ext')] : [];
    openssl(
      ...[...request, '-subj', `/CN=${name}`],
      ...['-keyout', path(`${name}.key`), '-out', path(`${name}.csr`)],
    );
    openssl(
      ...['x509', '-req', '-days', '2', '-in', path(`${name}.csr`), '-out', path(`${name}.crt`)],
      ...['-CA', path('ca.crt'), '-CAkey', path('ca.key'), '-CAcreateserial', ...extra],
    );
  }
  return {
    ca: path('ca.crt'),
    of: (name) => ({ cert: path(`${name}.crt`), key: path(`${name}.key`) }),
  };
}

/** What a client of mqtt.js needs to be `name`. */
export function clientOf(certificates: Certificates, name: string) {
  const { cert, key } = certificates.of(name);
  return {
    protocol: 'mqtts' as const,
    ca: readFileSync(certificates.ca),
    cert: readFileSync(cert),
    key: readFileSync(key),
  };
}
