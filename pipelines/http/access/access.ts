/** Access to posters and previews by signed addresses: see `token.ts`. */
import { readRegular, SECRET_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { PipelineError } from '../../errors/pipeline-error.ts';
import type { HttpRequest, Wait } from '../handlers.ts';
import { type Reply, refuse } from '../reply.ts';
import { checkPath, signPath } from './token.ts';

/** The token is removed from the path before a handler sees it, so it is part of no cache key. */
export interface Access {
  /** The request without its token, or the reply that refuses it. */
  readonly admit: (request: HttpRequest) => HttpRequest | Reply;
  /** The reply with a lifetime in caches that ends with the token of `request`. */
  readonly limitCaching: (request: HttpRequest, reply: Reply) => Reply;
  /** An address that is valid for 24 to 25 hours, and the same one within an hour. */
  readonly sign: (path: string) => string;
}

const TOKEN_PATHS = /^\/(?:posters\/|clips\/preview-)/;
const SIGNED_FOR_S = 86_400;
const STEP_S = 3_600;
const SECRET_MIN_BYTES = 16;
const SECRET_MAX_BYTES = 4_096;

/** Without a secret all paths are public. */
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

/** Wraps a handler: it gets admitted requests only, without their tokens. */
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
 * @param file With the secret; empty: all paths are public.
 *
 * @throws PipelineError BAD_SECRET, which never holds the secret.
 */
export function openAccess(file: string, nowS: () => number): Access {
  return file === '' ? PUBLIC_ACCESS : openTokenAccess(readSecret(file), nowS);
}

/** @param key Of the config, that names the file. */
export function readSecret(file: string, key = 'clips.token_secret_file'): Buffer {
  const badSecret = (why: string, cause?: unknown) =>
    new PipelineError('BAD_SECRET', `${key}: ${file}: ${why}`, { cause });
  let text: string;
  try {
    text = readRegular(file, SECRET_BYTES_MAX).toString().trim();
  } catch (cause) {
    throw badSecret('cannot be read', cause);
  }
  const secret = Buffer.from(text);
  if (secret.length < SECRET_MIN_BYTES || secret.length > SECRET_MAX_BYTES) {
    throw badSecret(`must hold ${SECRET_MIN_BYTES} to ${SECRET_MAX_BYTES} characters`);
  }
  return secret;
}

const NO_TOKEN = refuse(403, 'this address requires a token');
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
