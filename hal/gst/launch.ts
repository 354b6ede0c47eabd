/** A piece of a gst-launch line that yields raw media, and what must be known beside it. */
export interface LaunchFragment {
  readonly launch: string;
  /**
   * Whose time its buffers carry: the pipeline's clock, CLOCK_MONOTONIC itself, or a count of
   * frames (a file or a pipe that somebody else writes).
   */
  readonly stamping: 'clock' | 'monotonic' | 'count';
  /** It waits for a sender that calls it, and may send nothing for long. */
  readonly isCalled?: boolean;
  /** Elements that must be installed, with the Debian package that brings each. */
  readonly needs: Readonly<Record<string, string>>;
  /** Frames are drawn by the capture process and pushed into the appsrc named here. */
  readonly feed?: { readonly appsrc: string; readonly picture: TestPicture };
  /** Access units come by a pipe from another process, and are pushed into the appsrc named here. */
  readonly units?: { readonly appsrc: string };
}

/** Rejects with a HalError where there are none to be sent now. */
export type SendUnits = (path: string, signal: AbortSignal) => Promise<void>;

export interface TestPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
}

/** Quotes a value for a gst-launch line (gst_parse_launch, "Properties"). */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, (char) => `\\${char}`)}"`;
}

/**
 * Elements that read bytes: what they yield is stamped by counting, if at all.
 * With `do-timestamp=true` they carry arrival times, which a parser behind
 * them replaces by its count again.
 */
const BYTE_SOURCES =
  /(^|[\s!])(filesrc|fdsrc|multifilesrc|pushfilesrc|giosrc|souphttpsrc|curlhttpsrc|shmsrc|tcpclientsrc|tcpserversrc|giostreamsrc|imagefreeze|appsrc)(\s|!|$)/;

export function stampingOf(launch: string): 'clock' | 'count' {
  return BYTE_SOURCES.test(launch) ? 'count' : 'clock';
}
