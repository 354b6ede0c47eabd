/**
 * STUN and TURN servers of the config, as clients of WHEP and WHIP receive them (RFC 9725
 * §4.6): a client asks the TURN server for an address to be reached at, and sends that to the box.
 */
import { createHmac } from 'node:crypto';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { PipelineError } from '../errors/pipeline-error.ts';

export interface IceServers {
  /** `stun:host:port`, `turn:host:port?transport=tcp` and `turns:…`: empty in the room itself. */
  readonly iceServers: readonly string[];
  readonly turn?: {
    /** Empty: the file holds the secret that the TURN server shares with the box. */
    readonly username: string;
    readonly passwordFile: string;
  };
}

/** Values of the Link header. @param isAllowed To use the TURN servers, too. */
export type IceLinks = (isAllowed: boolean) => readonly string[];

/** How long a login made of a shared secret is good for: longer than any drop. */
const LOGIN_S = 86_400;

/** Without a password that can be read there are no TURN servers: see {@link readTurnPassword}. */
export function openIceLinks(servers: IceServers): IceLinks {
  const linksOf = (scheme: RegExp, login: string) =>
    servers.iceServers
      .filter((url) => scheme.test(url))
      .map((url) => `<${url}>; rel="ice-server"${login}`);
  const username = servers.turn?.username ?? '';
  let password: string | undefined;
  try {
    password = readTurnPassword(servers);
  } catch {
    // The process that connects the clients reports it.
  }
  return (isAllowed) => {
    const stun = linksOf(/^stun:/, '');
    if (!isAllowed || password === undefined) return stun;
    const login = username === '' ? loginOf(password) : { username, password };
    const quoted = `; username="${quote(login.username)}"; credential="${quote(login.password)}"`;
    return [...stun, ...linksOf(/^turns?:/, `${quoted}; credential-type="password"`)];
  };
}

/** As coturn's `use-auth-secret`: https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00 */
function loginOf(secret: string): { readonly username: string; readonly password: string } {
  const username = `${Math.floor(Date.now() / 1000) + LOGIN_S}:venuebox`;
  return { username, password: createHmac('sha1', secret).update(username).digest('base64') };
}

/** @throws PipelineError BAD_SECRET, which never holds the secret. */
export function readTurnPassword({ turn }: IceServers): string | undefined {
  if (turn === undefined) return undefined;
  const bad = (why: string, cause?: unknown) => {
    const what = `viewers.whep.turn_password_file: ${turn.passwordFile}: ${why}`;
    return new PipelineError('BAD_SECRET', what, { cause });
  };
  let password: string;
  try {
    password = readRegular(turn.passwordFile, SECRET_BYTES_MAX).toString().trim();
  } catch (cause) {
    throw bad('cannot be read', cause);
  }
  if (/^[\x20-\x7e]{1,500}$/.test(password)) return password;
  throw bad('must hold one line of letters, digits and signs');
}

function quote(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
