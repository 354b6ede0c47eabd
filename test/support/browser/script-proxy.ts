/** A proxy that puts a script into the pages of a box, so that they find another browser than there is. */
import { createServer, request as send } from 'node:http';
import { freePort } from '../free-port.ts';

export interface ScriptProxy extends AsyncDisposable {
  readonly url: string;
  /** Paths that were requested, in order. */
  readonly paths: readonly string[];
}

/** The script runs before any other of the page; the page's Content-Security-Policy would forbid it. */
export async function openScriptProxy(boxUrl: string, script: string): Promise<ScriptProxy> {
  const port = await freePort();
  const paths: string[] = [];
  const server = createServer((incoming, outgoing) => {
    paths.push(incoming.url ?? '');
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    const upstream = send(`${boxUrl}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers,
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    upstream.on('response', (response) => {
      const isPage = response.headers['content-type']?.startsWith('text/html') ?? false;
      const passed = { ...response.headers };
      if (!isPage) {
        outgoing.writeHead(response.statusCode ?? 502, passed);
        response.pipe(outgoing);
        return;
      }
      delete passed['content-security-policy'];
      delete passed['content-length'];
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        outgoing.writeHead(response.statusCode ?? 502, passed);
        outgoing.end(text.replace('<meta charset', `<script>${script}</script><meta charset`));
      });
    });
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
