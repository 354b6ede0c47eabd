/**
 * Stands in for uvu in a mutation run: collects the tests instead of running them, so that each
 * can be run as often as there are mutants that it may notice.
 */
globalThis.suites ??= [];

export function suite(name = '', state = {}) {
  const own = { name, tests: [], before: [], after: [], beforeEach: [], afterEach: [], state };
  const test = (title, handler) => own.tests.push({ title, handler });
  test.before = (hook) => own.before.push(hook);
  test.before.each = (hook) => own.beforeEach.push(hook);
  test.after = (hook) => own.after.push(hook);
  test.after.each = (hook) => own.afterEach.push(hook);
  test.only = test;
  test.skip = () => undefined;
  test.run = () => globalThis.suites.push(own);
  return test;
}

export const test = suite();
