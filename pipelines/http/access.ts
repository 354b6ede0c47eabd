import { readFileSync } from 'node:fs';
import { PipelineError } from '../errors.ts';
import type { HttpRequest, Wait } from './handlers.ts';
import { type Reply, refuse } from './reply.ts';
import { checkPath, signPath } from './token.ts';

/**
 * Keeps posters and previews for those who were given their address: see `token.ts`.
 * A token is taken off before anything looks for the path, so it is part of no key.
 */
export interface Access {
  /** The request to answer, without its token; or why it is not answered. */
  readonly admit: (request: HttpRequest) => HttpRequest | Reply;
  /** An answer to `request`, so that no cache keeps it for longer than its token holds. */
  readonly limitCaching: (request: HttpRequest, reply: Reply) => Reply;
  /** An address that holds for a day or two; the same one for an hour. */
  readonly sign: (path: string) => string;
}

const TOKEN_PATHS = /^\/(?:posters\/|clips\/preview-)/;
const SIGNED_FOR_S = 86_400;
const STEP_S = 3_600;
const SECRET_MIN_BYTES = 16;
const SECRET_MAX_BYTES = 4_096;

/** Without a secret all is open, and there are no tokens. */
export const PUBLIC_ACCESS: Access = {
  admit: (request) => request,
  limitCaching: (_request, reply) => reply,
  sign: (path) => path,
};

/** @param nowS Unix time. */
export function openTokenAccess(key: Buffer, nowS: () => number): Access {
  const expiresOf = (path: string): number | undefined => {
    const answer = checkPath(path, nowS(), key);
    return answer.type === 'good' ? answer.expiresS : undefined;
  };
  return {
    admit: (request) => {
      const answer = checkPath(request.path, nowS(), key);
      if (answer.type === 'good') return { ...request, path: answer.path };
      if (answer.type === 'none') return TOKEN_PATHS.test(request.path) ? NO_TOKEN : request;
      return answer.type === 'expired' ? EXPIRED : NO_TOKEN;
    },
    limitCaching: (request, reply) => {
      const expiresS = expiresOf(request.path);
      return expiresS === undefined ? reply : withMaxAge(reply, Math.floor(expiresS - nowS()));
    },
    sign: (path) => {
      if (!TOKEN_PATHS.test(path)) return path;
      return signPath(path, (Math.floor(nowS() / STEP_S) + 1) * STEP_S + SIGNED_FOR_S, key);
    },
  };
}

/** What answers behind a access. */
export function withAccess<T extends Reply | Wait>(
  access: Access,
  answer: (request: HttpRequest) => T,
): (request: HttpRequest) => T | Reply {
  if (access === PUBLIC_ACCESS) return answer;
  return (request) => {
    const admitted = access.admit(request);
    if ('status' in admitted) return admitted;
    const found = answer(admitted);
    if (admitted === request) return found;
    const limit = (reply: Reply) => access.limitCaching(request, reply);
    if (!('wait' in found)) return limit(found);
    const retry = () => {
      const reply = found.retry();
      return reply === undefined ? undefined : limit(reply);
    };
    return { ...found, retry };
  };
}

/**
 * The access of a secret in a file; an open one where none is named.
 *
 * @throws PipelineError BAD_SECRET, which never holds the secret.
 */
export function openAccess(file: string, nowS: () => number): Access {
  return file === '' ? PUBLIC_ACCESS : openTokenAccess(readSecret(file), nowS);
}

export function readSecret(file: string): Buffer {
  const fault = (why: string, cause?: unknown) =>
    new PipelineError('BAD_SECRET', `clips.token_secret_file: ${file}: ${why}`, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw fault('cannot be read', cause);
  }
  const key = Buffer.from(text);
  if (key.length < SECRET_MIN_BYTES || key.length > SECRET_MAX_BYTES) {
    throw fault(`must hold ${SECRET_MIN_BYTES} to ${SECRET_MAX_BYTES} characters`);
  }
  return key;
}

const NO_TOKEN = refuse(403, 'this address needs a token');
const EXPIRED = refuse(403, 'the token of this address has expired');

function withMaxAge(reply: Reply, leftS: number): Reply {
  const headers = reply.headers.map((value, i) => {
    const isValue = i % 2 === 1 && reply.headers[i - 1] === 'Cache-Control';
    const maxAgeS = /max-age=(\d+)/.exec(value)?.[1];
    if (!isValue || maxAgeS === undefined) return value;
    return `max-age=${Math.max(0, Math.min(Number(maxAgeS), leftS))}`;
  });
  return { ...reply, headers };
}
