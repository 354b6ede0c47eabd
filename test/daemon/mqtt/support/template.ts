/**
 * The little of Jinja that the discovery message uses, to see what Home Assistant
 * would see: paths, text, numbers, none, comparisons, `*`, `if … else`, `is none`,
 * `round`, `length` and `tojson`, `now().timestamp()` and `utcnow().isoformat()`.
 *
 * Throws for anything else, so that a new form is added here first.
 */
export function renderTemplate(template: string, scope: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const parser = new Parser(expression, scope);
    const value = parser.condition();
    parser.end();
    if (value === null) return 'None';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value === 'object' || value === undefined) throw new Error(`no text: ${expression}`);
    return String(value);
  });
}

const TOKEN = /\s*(?:'([^']*)'|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|[()*|.>]))/y;

class Parser {
  readonly #tokens: readonly string[];
  readonly #scope: Readonly<Record<string, unknown>>;
  #at = 0;

  constructor(text: string, scope: Readonly<Record<string, unknown>>) {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(text);
      if (match === null) throw new Error(`not understood: ${text.slice(at)}`);
      tokens.push(match[1] === undefined ? match[0].trim() : `'${match[1]}`);
    }
    this.#tokens = tokens;
    this.#scope = scope;
  }

  condition(): unknown {
    const value = this.#lazily(() => this.#comparison());
    if (!this.#takes('if')) return value();
    const isTrue = truth(this.#comparison());
    this.#needs('else');
    const otherwise = this.#lazily(() => this.condition());
    return isTrue ? value() : otherwise();
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new Error(`too much: ${this.#tokens[this.#at]}`);
  }

  /** Reads on, but fails only if it is asked for: the arm not taken may not be computable. */
  #lazily(read: () => unknown): () => unknown {
    try {
      const value = read();
      return () => value;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return () => {
        throw error;
      };
    }
  }

  #comparison(): unknown {
    const left = this.#product();
    if (this.#takes('is')) {
      const isNot = this.#takes('not');
      this.#needs('none');
      return (left() === null) !== isNot;
    }
    for (const sign of ['==', '!=', '>']) {
      if (!this.#takes(sign)) continue;
      const right = this.#product();
      if (sign === '>') return Number(left()) > Number(right());
      return (left() === right()) === (sign === '==');
    }
    return left();
  }

  #product(): () => unknown {
    let value = this.#filtered();
    while (this.#takes('*')) {
      const [left, right] = [value, this.#filtered()];
      value = () => number(left()) * number(right());
    }
    return value;
  }

  #filtered(): () => unknown {
    let value = this.#atom();
    while (this.#takes('|')) {
      const inner = value;
      if (this.#takes('length')) value = () => (inner() as readonly unknown[]).length;
      else if (this.#takes('tojson')) value = () => JSON.stringify(inner());
      else {
        for (const token of ['round', '(', '0', ')']) this.#needs(token);
        value = () => Math.round(number(inner()));
      }
    }
    return value;
  }

  #atom(): () => unknown {
    const token = this.#next();
    if (token.startsWith("'")) return () => token.slice(1);
    if (/^\d/.test(token)) return () => Number(token);
    if (token === 'none') return () => null;
    if (token === '(') {
      const value = this.#product();
      this.#needs(')');
      return value;
    }
    let value = this.#scope[token];
    if (value === undefined) throw new Error(`unknown: ${token}`);
    for (;;) {
      if (this.#takes('.')) {
        const key = this.#next();
        value = (value as Record<string, unknown>)[key];
        if (value === undefined) throw new Error(`nothing there: .${key}`);
      } else if (this.#takes('(')) {
        this.#needs(')');
        value = (value as () => unknown)();
      } else {
        const found = value;
        return () => found;
      }
    }
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('it ends too soon');
    this.#at += 1;
    return token;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #needs(token: string): void {
    if (!this.#takes(token)) throw new Error(`${token} expected, not ${this.#tokens[this.#at]}`);
  }
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`no number: ${value}`);
  return value;
}

function truth(value: unknown): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** What Home Assistant has in a template's scope. */
export const HOME_SCOPE = {
  now: () => ({ timestamp: () => 1_777_636_805.123456 }),
  utcnow: () => ({ isoformat: () => '2026-05-01T12:00:05.123456+00:00' }),
};
