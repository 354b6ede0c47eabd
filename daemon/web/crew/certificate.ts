/** A certificate with its key, as the crew uploads them: checked, and put in the order of TLS. Pure. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { certifiedNames } from '../../../pipelines/http/tls-files.ts';

/** What is wrong with the files, for a sentence of the page. */
export type CertificateFault =
  | 'no-certificate'
  | 'no-key'
  | 'key-encrypted'
  | 'key-kind'
  | 'key-other'
  | 'damaged'
  | 'stray'
  | 'expired'
  | 'too-early'
  | 'no-names'
  | 'weak';

/** What a person sees of it; the key is never shown. */
export interface CertificateFacts {
  /** Host names, perhaps with a wildcard, and IP addresses. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly untilMs: number;
  /** Phones need the certificates between it and a root that they know. */
  readonly hasChain: boolean;
}

export interface CheckedCertificate {
  /** The certificate, those that issued it, and the key: one file is replaced in one step. */
  readonly pem: string;
  readonly facts: CertificateFacts;
}

/** Browsers refuse shorter keys of RSA (CA/Browser Forum, Baseline Requirements 6.1.5). */
const RSA_BITS_MIN = 2048;
/** A chain has three, rarely four. */
const CERTIFICATES_MAX = 10;

/**
 * @param text Of one file or of several, in any order.
 * @param nowMs Undefined while the clock of the box is not to be trusted.
 */
export function checkCertificate(
  text: string,
  nowMs: number | undefined,
): CheckedCertificate | { readonly fault: CertificateFault } {
  const blocks = blocksOf(text);
  const certificates = blocks.filter(({ label }) => /^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label));
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (certificates.length === 0) return { fault: 'no-certificate' };
  if (certificates.length > CERTIFICATES_MAX) return { fault: 'stray' };
  if (keys.length === 0) return { fault: 'no-key' };
  if (keys.some(({ pem }) => pem.includes('ENCRYPTED'))) return { fault: 'key-encrypted' };
  try {
    return joined(unique(certificates.map(({ pem }) => new X509Certificate(pem))), keys, nowMs);
  } catch {
    return { fault: 'damaged' };
  }
}

/** Throws where a key, or a signature, cannot be read. */
function joined(
  certificates: readonly X509Certificate[],
  keys: readonly Block[],
  nowMs: number | undefined,
): CheckedCertificate | { readonly fault: CertificateFault } {
  const pairs = keys.flatMap(({ pem }) => {
    const key = createPrivateKey(pem);
    return certificates.filter((one) => one.checkPrivateKey(key)).map((own) => ({ own, key }));
  });
  const [pair] = pairs;
  if (pair === undefined) return { fault: 'key-other' };
  const { own, key } = pair;
  const chain = chainOf(own, certificates);
  const fault = faultOf(chain, certificates, key, nowMs);
  if (fault !== undefined) return { fault };
  const pem = [...chain.map(String), String(key.export({ type: 'pkcs8', format: 'pem' }))].join('');
  if (!isAccepted(pem)) return { fault: 'weak' };
  const facts = {
    names: certifiedNames(own),
    issuer: nameIn(own.issuer),
    untilMs: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))),
    hasChain: chain.length > 1 || own.checkIssued(own),
  };
  return { pem, facts };
}

function faultOf(
  chain: readonly X509Certificate[],
  all: readonly X509Certificate[],
  key: KeyObject,
  nowMs: number | undefined,
): CertificateFault | undefined {
  // Browsers have no Ed25519 in certificates.
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') return 'key-kind';
  if ((key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN) < RSA_BITS_MIN) return 'weak';
  if (chain.length < all.length) return 'stray';
  if (certifiedNames(chain[0]).length === 0) return 'no-names';
  if (nowMs === undefined) return undefined;
  if (chain.some(({ validTo }) => Date.parse(validTo) <= nowMs)) return 'expired';
  return chain.some(({ validFrom }) => Date.parse(validFrom) > nowMs) ? 'too-early' : undefined;
}

/** Each one after the first has issued the one before (RFC 5246 §7.4.2). */
function chainOf(own: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [own];
  for (let last: X509Certificate | undefined = own; last !== undefined; ) {
    const issued: X509Certificate = last;
    last = all.find(
      (one) => !chain.includes(one) && issued.checkIssued(one) && issued.verify(one.publicKey),
    );
    if (last !== undefined) chain.push(last);
  }
  return chain;
}

/** As OpenSSL will take it, which refuses old signatures. */
function isAccepted(pem: string): boolean {
  try {
    createSecureContext({ cert: pem, key: pem });
    return true;
  } catch {
    return false;
  }
}

interface Block {
  readonly label: string;
  readonly pem: string;
}

/** PEM (RFC 7468), with anything around its blocks. */
function blocksOf(text: string): readonly Block[] {
  return text
    .split('-----BEGIN ')
    .slice(1)
    .flatMap((rest) => {
      const [label = ''] = rest.split('-----', 1);
      const end = `-----END ${label}-----`;
      const at = rest.indexOf(end);
      return at < 0 ? [] : [{ label, pem: `-----BEGIN ${rest.slice(0, at)}${end}\n` }];
    });
}

function unique(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((one) => [one.fingerprint256, one])).values()];
}

/** `O=Let's Encrypt`, else `CN=…`. */
function nameIn(distinguished: string): string {
  const [, name] = /^O=(.+)$/m.exec(distinguished) ?? /^CN=(.+)$/m.exec(distinguished) ?? [];
  return (name ?? distinguished).slice(0, 100);
}
