/** PUT of one file to the far end. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { renderDigest } from '../store/names.ts';
import type { BackfillSettings, SendPath } from './messages.ts';
import { CHUNK_BYTES, limitOf, type Pace } from './pace.ts';

export type FarEnd = Pick<BackfillSettings, 'url' | 'token' | 'ca' | 'ssh'>;

export interface PutDeps {
  readonly pace: Pace;
  /** So many bytes have gone. */
  readonly onCarried: (sendPath: SendPath, bytes: number) => void;
  /** What is waited for the far end in all, in ms; see {@link limitOf}. */
  readonly limitMs?: number;
}

/** Without any packet of the far end for so long, it is gone. */
const IDLE_MS = 30_000;
/** IP, TCP and TLS on top of the bytes of a file: 40 bytes and more for 1,400. */
const OVERHEAD = 1.06;

/** The far end does not take a file: the status of its answer. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the far end refuses files: HTTP ${status}${MEANING[status] ?? ''}`);
    this.status = status;
  }
}

const MEANING: Readonly<Record<number, string>> = {
  401: ', the token is wrong',
  403: ', the token is wrong',
  404: ', the address is wrong',
  409: ', another file has the name',
  413: ', the file is too large',
  507: ', its disk is full',
};

/** Resolves when the far end has it. Rejects with {@link Refused}, `HeldUp`, or an error of the network. */
export async function putFile(
  { url, token, ca }: FarEnd,
  path: string,
  bytes: Buffer,
  { pace, onCarried, limitMs = limitOf(bytes.length, pace.sendPath.bps) }: PutDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sendPath } = pace;
  const { localAddress } = sendPath;
  const target = new URL(`${url.replace(/\/+$/, '')}/${path}`);
  const open = target.protocol === 'https:' ? secureRequest : plainRequest;
  const request = open(target, {
    method: 'PUT',
    agent: false,
    timeout: IDLE_MS,
    signal,
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/octet-stream',
      'Content-Length': bytes.length,
      'Content-Digest': renderDigest(createHash('sha256').update(bytes).digest()),
    },
    // Of a name's addresses only those of its own family can be reached from it.
    ...(localAddress === undefined ? {} : { localAddress, family: isIP(localAddress) }),
    ...(ca === undefined ? {} : { ca }),
  });
  request.on('timeout', () => request.destroy(new Error('the far end does not answer')));
  const answered = answerOf(request);
  const within = openPatience(request, limitMs);
  try {
    const allow = async (count: number) => {
      await pace.take(count, sendPath, signal);
      onCarried(sendPath, Math.ceil(count * OVERHEAD));
    };
    const sent = send(request, bytes, allow, within);
    // An answer may come before all was sent: a refusal, or the far end has the file.
    const status = await Promise.race([answered, sent.then(() => within(answered))]);
    if (status < 200 || status > 299) throw new Refused(status);
  } finally {
    request.destroy();
  }
}

function answerOf(request: ClientRequest): Promise<number> {
  const answered = new Promise<number>((resolve, reject) => {
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // Further ones follow where it is given up.
    request.on('error', reject);
    request.once('close', () => reject(new Error('the far end closed the connection')));
  });
  // Nobody may be waiting for it any more.
  answered.catch(() => undefined);
  return answered;
}

type Patience = <Value>(wait: Promise<Value>) => Promise<Value>;

/** Gives up a far end that takes or answers a little now and then: all waits are counted together. */
function openPatience(request: ClientRequest, limitMs: number): Patience {
  let leftMs = limitMs;
  return async (wait) => {
    const startedMs = performance.now();
    const giveUp = () => request.destroy(new Error('the far end is too slow'));
    const timer = setTimeout(giveUp, Math.max(0, leftMs));
    try {
      return await wait;
    } finally {
      clearTimeout(timer);
      leftMs -= performance.now() - startedMs;
    }
  };
}

async function send(
  request: ClientRequest,
  bytes: Buffer,
  allow: (bytes: number) => Promise<void>,
  within: Patience,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    await allow(chunk.length);
    if (request.destroyed) return;
    if (request.write(chunk)) continue;
    await within(Promise.race([once(request, 'drain'), once(request, 'close')]));
  }
  request.end();
}
