/** Certificates of tests, as an authority makes them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

interface Made {
  readonly cert: string;
  readonly key: string;
}

/** A root, one between, and a certificate of `live.example.org`, as an authority makes them. */
export function makeChain() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-chain-'));
  const at = (name: string) => join(folder, name);
  const make = (name: string, subject: string, more: readonly string[], kind = EC): Made => {
    const files = ['-keyout', at(`${name}.key`), '-out', at(name)];
    const request = ['req', '-x509', ...kind, '-nodes', '-days', '9', '-subj', subject];
    execFileSync('openssl', [...request, ...files, ...more], { stdio: 'ignore' });
    return { cert: readFileSync(at(name), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') };
  };
  const by = (name: string) => ['-CA', at(name), '-CAkey', at(`${name}.key`)];
  const names = ['-addext', 'subjectAltName=DNS:live.example.org,DNS:*.box.example,IP:10.0.0.5'];
  const notCa = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  const root = make('root', '/O=Root of Tests', []);
  const between = make('between', '/O=Tests Signed Here/CN=T1', by('root'));
  const own = make('own', '/CN=live.example.org', [...by('between'), ...names, ...notCa]);
  return {
    at,
    make,
    root,
    between,
    own,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
