/** STUN and TURN servers for WebRTC, as the box offers them (RFC 9725 §4.6). */
import { timeoutSignal } from '../signals.ts';

const ASK_MAX_MS = 1_500;
/** A server that does not answer holds up nobody for longer. */
const GATHER_MAX_MS = 1_000;

/** Resolves with none where the box has none, or does not say; never rejects. */
export async function askIceServers(
  endpoint: URL,
  headers: Readonly<Record<string, string>>,
): Promise<readonly RTCIceServer[]> {
  const signal = timeoutSignal(ASK_MAX_MS);
  try {
    const { headers: answered } = await fetch(endpoint, { method: 'OPTIONS', headers, signal });
    return readLinks(answered.get('Link') ?? '');
  } catch {
    return [];
  }
}

/** Of a Link header (RFC 8288); what is no ICE server is left out. */
export function readLinks(link: string): readonly RTCIceServer[] {
  const links = link.matchAll(
    /<((?:stun|turn)s?:[^>]{1,300})>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g,
  );
  return [...links].flatMap(([, urls = '', parameters = '']) => {
    const of = (name: string) =>
      new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`)
        .exec(parameters)?.[1]
        ?.replace(/\\(.)/g, '$1');
    const [username, credential] = [of('username'), of('credential')];
    if (of('rel') !== 'ice-server') return [];
    if (urls.startsWith('stun')) return [{ urls }];
    return username === undefined || credential === undefined
      ? []
      : [{ urls, username, credential }];
  });
}

/**
 * Where it has ICE servers, until all addresses of this device are known: by them a box behind
 * a NAT finds it.
 */
export async function untilGathered(connection: RTCPeerConnection): Promise<void> {
  if ((connection.getConfiguration().iceServers ?? []).length === 0) return;
  const until = Date.now() + GATHER_MAX_MS;
  while (connection.iceGatheringState !== 'complete' && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
