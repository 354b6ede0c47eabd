/** The part of the table of imports (folders.ts) for the viewers' server, and for what it pushes. */
import type { Folder } from './folders-hal.ts';

/** The server with its cache headers. */
export const HTTP = ['pipelines/http', 'pipelines/http/cache'] as const;

export const HTTP_FOLDERS: Readonly<Record<string, Folder>> = {
  'pipelines/http/cache': { may: [], what: 'cache headers and digests' },
  'pipelines/http/clients': { may: [], what: 'client connections, limits of an address' },
  'pipelines/http/streams': {
    may: ['pipelines/http/clients'],
    what: 'replies that go on while the client reads',
  },
  'pipelines/http': {
    may: [
      'pipelines/errors',
      'pipelines/http/cache',
      'pipelines/http/clients',
      'pipelines/http/streams',
    ],
    what: 'the viewers’ HTTP server',
  },
  'pipelines/http/access': {
    may: ['pipelines/errors', 'pipelines/http'],
    what: 'signed addresses, tokens',
  },
  'pipelines/captive': {
    may: ['pipelines/http'],
    what: 'what phones ask of a network, and a portal’s answers',
  },
};

export const PUSH_FOLDERS: Readonly<Record<string, Folder>> = {
  // Pure, for the browser too.
  'pipelines/push/wire': { may: [], what: 'the records of a pushed stream' },
  'pipelines/push': {
    may: [...HTTP, 'pipelines/push/wire', 'pipelines/packager', 'pipelines/feed'],
    what: 'pushes parts and frames in one long response',
  },
};
