/**
 * How phones and laptops ask whether a network leads to the internet, and what each takes for
 * a yes. Another answer, such as a redirect, is a captive portal's: they open it. Pure.
 */

export interface ProbeAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Probe {
  readonly host: RegExp;
  readonly path: RegExp;
  readonly isYes: ProbeAnswer;
}

const page = (body: string): ProbeAnswer => ({ status: 200, type: 'text/html', body });
const text = (body: string): ProbeAnswer => ({ status: 200, type: 'text/plain', body });
const NOTHING: ProbeAnswer = { status: 204 };

/** Apple compares the page byte by byte. */
const SUCCESS = '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>';
const MOZILLA =
  '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>';

const PROBES: readonly Probe[] = [
  // iOS and macOS: also www.apple.com, and names that change with each version.
  {
    host: /(?:^|\.)apple\.com$|^www\.(?:appleiphonecell|itools|ibook|airport|thinkdifferent)\.(?:com|info|us)$/,
    path: /^\/(?:hotspot-detect\.html|library\/test\/success\.html)?$/,
    isYes: page(SUCCESS),
  },
  // Android and Chrome; makers have hosts of their own, with the same path.
  { host: /./, path: /^\/(?:generate_204|gen_204)(?:\/|$|_)/, isYes: NOTHING },
  // Windows 10 and later, and before.
  {
    host: /^(?:www|ipv6)\.msftconnecttest\.com$/,
    path: /^\/connecttest\.txt$/,
    isYes: text('Microsoft Connect Test'),
  },
  { host: /^(?:www|ipv6)\.msftncsi\.com$/, path: /^\/ncsi\.txt$/, isYes: text('Microsoft NCSI') },
  // Firefox.
  { host: /^detectportal\.firefox\.com$/, path: /^\/canonical\.html$/, isYes: page(MOZILLA) },
  { host: /^detectportal\.firefox\.com$/, path: /^\/success\.txt$/, isYes: text('success\n') },
  // Linux desktops.
  {
    host: /^(?:nmcheck\.gnome\.org|network-test\.debian\.org|fedoraproject\.org)$/,
    path: /^\/(?:check_network_status\.txt|nm|static\/hotspot\.txt)$/,
    isYes: text('NetworkManager is online\n'),
  },
  {
    host: /^connectivity-check\.ubuntu\.com$/,
    path: /^\/$/,
    isYes: { status: 204, headers: { 'X-NetworkManager-Status': 'online' } },
  },
  { host: /^networkcheck\.kde\.org$/, path: /^\/$/, isYes: text('OK\n') },
];

/**
 * Answers a request for any host. A probe of a client that has seen the page gets what it
 * hopes for, so that the phone stays on this network; all else leads to the page.
 *
 * @param hasSeen The client is done with the page.
 */
export function answerAnyHost(
  host: string,
  path: string,
  pageUrl: string,
  hasSeen: boolean,
): ProbeAnswer {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const probe = PROBES.find((one) => one.host.test(name) && one.path.test(path));
  if (hasSeen && probe !== undefined) return probe.isYes;
  // 302, and never from a cache: the same address means something else on the next network.
  const headers = { Location: pageUrl, 'Cache-Control': 'no-store' };
  return { status: 302, headers };
}
