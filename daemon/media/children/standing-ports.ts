/**
 * The viewers' ports, which outlive the process that serves them: while it is away its clients
 * wait in the kernel's queue, and no player ends because it was refused.
 */
import { closeSync } from 'node:fs';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { bindSocket } from '../../../hal/os/tcp/bound-socket.ts';
import type { ServerSettings } from '../../../pipelines/http/server-settings.ts';

/** Where a child finds the first descriptor that it inherits. */
const FIRST_INHERITED_FD = 3;

export class StandingPorts {
  readonly #log: Pick<Log, 'debug'>;
  /** By host and port. */
  #held: ReadonlyMap<string, number> = new Map();

  constructor(log: Pick<Log, 'debug'>) {
    this.#log = log;
  }

  /**
   * The settings for a process that is about to start, and what it has to inherit. Where a port
   * cannot be had, the process tries it and says why.
   */
  lend(settings: ServerSettings): {
    readonly server: ServerSettings;
    readonly inherit: readonly number[];
  } {
    const { host, port, tls } = settings;
    const wanted = [port, ...(tls === undefined ? [] : [tls.port])];
    this.#hold(wanted.map((one) => ({ host, port: one })));
    const inherit: number[] = [];
    const lent = (one: number): { readonly fd?: number } => {
      const fd = this.#held.get(keyOf({ host, port: one }));
      if (fd === undefined) return {};
      inherit.push(fd);
      return { fd: FIRST_INHERITED_FD + inherit.length - 1 };
    };
    const own = { ...settings, ...lent(port) };
    const both = tls === undefined ? own : { ...own, tls: { ...tls, ...lent(tls.port) } };
    return { server: both, inherit };
  }

  close(): void {
    for (const fd of this.#held.values()) closeSync(fd);
    this.#held = new Map();
  }

  /** Those that are held already stay; all others are closed first. */
  #hold(wanted: readonly Place[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, fd] of this.#held) if (!keys.has(key)) closeSync(fd);
    const held = new Map([...this.#held].filter(([key]) => keys.has(key)));
    for (const place of wanted) {
      const fd = held.get(keyOf(place)) ?? this.#bind(place);
      if (fd !== undefined) held.set(keyOf(place), fd);
    }
    this.#held = held;
  }

  #bind({ host, port }: Place): number | undefined {
    // Any free port is another one for each process.
    if (port === 0) return undefined;
    try {
      return bindSocket(host, port);
    } catch (error) {
      this.#log.debug('port not bound', { host, port, reason: messageOf(error) });
      return undefined;
    }
  }
}

interface Place {
  readonly host: string;
  readonly port: number;
}

const keyOf = ({ host, port }: Place): string => `${host} ${port}`;
