/** Which files are tried with mutants, and which tests must notice them. */
export interface Target {
  readonly name: string;
  readonly files: readonly string[];
  /** Folders of tests, or files; those that start processes or browsers are left out. */
  readonly tests: readonly string[];
}

export const TARGETS: readonly Target[] = [
  {
    name: 'bond',
    files: [
      ...['acknowledge', 'bond', 'failure', 'key-frame', 'link', 'link-table', 'probe'],
      ...['register', 'resend', 'resend-budget', 'resender', 'select', 'snapshot', 'resend-buffer'],
      ...['path/capacity', 'path/in-flight', 'path/path-mtu', 'path/rate-meter'],
      ...['path/replies', 'path/rtt'],
    ].map((name) => `pipelines/bond/core/${name}.ts`),
    tests: ['test/pipelines/bond/core'],
  },
  {
    name: 'hls',
    files: ['window', 'playlist', 'directives', 'freshness', 'limits'].map(
      (name) => `pipelines/hls/${name}.ts`,
    ),
    tests: ['test/pipelines/hls', 'test/pipelines/origin', 'test/pipelines/packager'],
  },
  {
    name: 'drop',
    files: ['state', 'step', 'table', 'transitions', 'counts'].map(
      (name) => `daemon/drop/${name}.ts`,
    ),
    tests: ['test/daemon/drop'],
  },
  {
    name: 'spool',
    files: ['cursor', 'event-spool', 'record', 'segments'].map(
      (name) => `daemon/mqtt/spool/${name}.ts`,
    ),
    tests: ['test/daemon/mqtt/spool'],
  },
  {
    name: 'ledger',
    files: ['commit', 'book', 'decide', 'group-commit', 'ledger-file'].map(
      (name) => `daemon/orders/${name}.ts`,
    ),
    tests: ['test/daemon/orders'],
  },
  {
    name: 'health',
    files: ['step', 'facts', 'links', 'media-restart'].map((name) => `daemon/health/${name}.ts`),
    tests: ['test/daemon/health'],
  },
];
