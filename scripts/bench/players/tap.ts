/** A proxy between one player and the box: counts requests, and makes the faults of a network. */
import {
  type Agent,
  createServer,
  Agent as HttpAgent,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { Socket } from 'node:net';
import { freePort } from '../../../test/support/free-port.ts';
import { type DeadLine, openDeadLine } from '../../../test/support/network/dead-line.ts';

/** A file that is served beside the stream, so that a page of the bench has the stream's origin. */
export interface ServedFile {
  readonly type: string;
  readonly body: string | Buffer;
}

export class Tap implements AsyncDisposable {
  readonly #line: DeadLine;
  readonly #boxUrl: string;
  readonly #files: ReadonlyMap<string, ServedFile>;
  readonly #agent: Agent = new HttpAgent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  #lost: string | undefined;
  requestsTotal = 0;
  /** Answered with 400 and above. */
  refusedTotal = 0;
  readonly #server: Server;

  private constructor(
    server: Server,
    line: DeadLine,
    boxUrl: string,
    files: ReadonlyMap<string, ServedFile>,
  ) {
    this.#server = server;
    this.#line = line;
    this.#boxUrl = boxUrl;
    this.#files = files;
    server.on('request', (incoming, outgoing) => this.#pass(incoming, outgoing));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(boxUrl: string, files: ReadonlyMap<string, ServedFile>): Promise<Tap> {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const line = await openDeadLine(`http://127.0.0.1:${port}`);
    return new Tap(server, line, boxUrl, files);
  }

  get url(): string {
    return this.#line.url;
  }

  /** As Wi-Fi that is away: nothing passes, and connections go on once it is back. */
  setDead(isDead: boolean): void {
    this.#line.setDead(isDead);
  }

  /** All connections end at once, as where a proxy is restarted; new ones are taken. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Answers 404 for a rendition; undefined for none. */
  lose(rendition: string | undefined): void {
    this.#lost = rendition;
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = incoming.url ?? '/';
    const file = this.#files.get(path.split('?', 1)[0] ?? '');
    if (file !== undefined) {
      outgoing.writeHead(200, { 'Content-Type': file.type }).end(file.body);
      return;
    }
    this.requestsTotal += 1;
    if (this.#lost !== undefined && path.startsWith(`/live/${this.#lost}/`)) {
      this.refusedTotal += 1;
      outgoing.writeHead(404).end();
      return;
    }
    const { method = 'GET', headers } = incoming;
    const upstream = send(`${this.#boxUrl}${path}`, { method, headers, agent: this.#agent });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    upstream.on('response', (response) => {
      if ((response.statusCode ?? 500) >= 400) this.refusedTotal += 1;
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(upstream);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#line[Symbol.asyncDispose]();
    this.reset();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
