/** A proxy between one player and the box: counts requests, cuts the network, loses a rendition. */
import { type Agent, createServer, Agent as HttpAgent, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { freePort } from '../../../test/support/free-port.ts';

/** A file that is served beside the stream, so that a page of the bench has the stream's origin. */
export interface ServedFile {
  readonly type: string;
  readonly body: string | Buffer;
}

export class Tap implements AsyncDisposable {
  readonly url: string;
  readonly #boxUrl: string;
  readonly #files: ReadonlyMap<string, ServedFile>;
  readonly #agent: Agent = new HttpAgent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #lost: string | undefined;
  requestsTotal = 0;
  /** Answered with 400 and above. */
  refusedTotal = 0;
  readonly #server = createServer((incoming, outgoing) => {
    // No answer, until the connection is reset when the network is back.
    if (this.#isCut) return;
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
  });

  private constructor(url: string, boxUrl: string, files: ReadonlyMap<string, ServedFile>) {
    this.url = url;
    this.#boxUrl = boxUrl;
    this.#files = files;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(boxUrl: string, files: ReadonlyMap<string, ServedFile>): Promise<Tap> {
    const port = await freePort();
    const tap = new Tap(`http://127.0.0.1:${port}`, boxUrl, files);
    await new Promise<void>((resolve) => tap.#server.listen(port, '127.0.0.1', resolve));
    return tap;
  }

  /** Connections are reset, and new ones get no answer until the network is back. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Answers 404 for a rendition; undefined for none. */
  lose(rendition: string | undefined): void {
    this.#lost = rendition;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut(true);
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
