/** The command line cannot be followed: one line that says why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}; see venuebox --help`);
    this.name = 'UsageError';
  }
}
