/** The fault of a command line. */

/** The command line cannot be followed: one line that says why, and where to read on. */
export class UsageError extends Error {
  /** @param verb Whose help says more. */
  constructor(message: string, verb?: string) {
    super(`${message}; see venuebox ${verb === undefined ? '' : `${verb} `}--help`);
    this.name = 'UsageError';
  }
}
