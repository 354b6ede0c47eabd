/** Requests by those who know a token (RFC 6750 §2.1). */
import { createHash, timingSafeEqual } from 'node:crypto';

/** True for the `Authorization` header of who has the token; how long it takes says nothing of it. */
export function openBearer(token: string): (authorization: string | undefined) => boolean {
  // Digests have one length, whatever was sent.
  const expected = sha256Of(token);
  return (authorization = '') => {
    // The name of the scheme has any case (RFC 9110 §11.1).
    const sent = /^bearer +/i.exec(authorization)?.[0].length ?? authorization.length;
    return timingSafeEqual(sha256Of(authorization.slice(sent)), expected);
  };
}

function sha256Of(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
