/** What tests do with a browser that is not Chromium. */

export interface OtherBrowser extends AsyncDisposable {
  open(url: string): Promise<void>;
  /** The value of an expression in the page; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
}

/** The expression as a script that calls the driver's callback, its last argument. */
export function asyncScript(expression: string): string {
  return `const done = arguments[arguments.length - 1];
(async () => (${expression}))().then(done, (error) => done({ error: String(error) }));`;
}
