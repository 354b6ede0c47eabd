/** Puts small faults into a source, each behind a switch, so that one load of it serves all of them. */
import ts from 'typescript';

export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

export interface Mutated {
  /**
   * `globalThis.mutation(id)` is true for the one that is on. Where both can be looked at without
   * an effect, `globalThis.differs(id, to, from)` is told of them while `globalThis.learns`.
   */
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

const K = ts.SyntaxKind;

/** As the other tools have it: https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/ */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.QuestionQuestionToken, ['&&']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
]);

/** @param firstId Ids are counted from here on. */
export function mutate(file: string, text: string, firstId: number): Mutated {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, to: string): number => {
    const id = firstId + mutants.length;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    mutants.push({ id, file, line, from: node.getText(), to });
    return id;
  };
  const render = (node: ts.Node): string => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return node.getFullText();
    const variants = isFixed(node) ? [] : variantsOf(node);
    const ids = variants.map((to) => add(node, to));
    let rendered = '';
    let at = node.getFullStart();
    ts.forEachChild(node, (child) => {
      rendered += text.slice(at, child.getFullStart()) + render(child);
      at = child.getEnd();
    });
    rendered += text.slice(at, node.getEnd());
    if (variants.length === 0) return rendered;
    const lead = text.slice(node.getFullStart(), node.getStart());
    const body = rendered.slice(lead.length);
    const isStatement = ts.isExpressionStatement(node);
    const own = isStatement ? body.replace(/;\s*$/, '') : body;
    const choices = variants.map((to, i) => `globalThis.mutation(${ids[i]}) ? (${to}) : `).join('');
    const looks = hasNoEffect(node) ? looksAt(node.getText(), variants, ids) : '';
    return `${lead}(${looks}${choices}(${own}))${isStatement ? ';' : ''}`;
  };
  return { source: render(source), mutants };
}

function looksAt(from: string, variants: readonly string[], ids: readonly number[]): string {
  const each = variants.map(
    (to, i) => `globalThis.differs(${ids[i]}, () => (${to}), () => (${from}))`,
  );
  return `globalThis.learns && (${each.join(', ')}), `;
}

/** It may be evaluated once more: it calls, makes and changes nothing. */
function hasNoEffect(node: ts.Node): boolean {
  if (ts.isExpressionStatement(node)) return false;
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return false;
  if (ts.isPostfixUnaryExpression(node)) return false;
  if (ts.isPrefixUnaryExpression(node) && INCREMENTS.has(node.operator)) return false;
  if (EFFECTS.has(node.kind)) return false;
  return ts.forEachChild(node, (child) => (hasNoEffect(child) ? undefined : true)) === undefined;
}

const INCREMENTS: ReadonlySet<ts.SyntaxKind> = new Set([K.PlusPlusToken, K.MinusMinusToken]);
const EFFECTS: ReadonlySet<ts.SyntaxKind> = new Set([
  ...[K.CallExpression, K.NewExpression, K.AwaitExpression, K.YieldExpression],
  ...[K.DeleteExpression, K.TaggedTemplateExpression, K.ObjectLiteralExpression],
  ...[K.ArrayLiteralExpression, K.ArrowFunction, K.FunctionExpression],
]);

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= K.FirstAssignment && kind <= K.LastAssignment;
}

/** Where no expression may stand, or a literal type follows from it. */
function isFixed({ parent }: ts.Node): boolean {
  return parent !== undefined && (ts.isAsExpression(parent) || ts.isLiteralTypeNode(parent));
}

function variantsOf(node: ts.Node): readonly string[] {
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [operand(node.left), operand(node.right)];
    return (OPERATORS.get(node.operatorToken.kind) ?? []).map((one) => `${left} ${one} ${right}`);
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken)
    return [node.operand.getText()];
  if (node.kind === K.TrueKeyword) return ['false'];
  if (node.kind === K.FalseKeyword) return ['true'];
  if (ts.isExpressionStatement(node)) return canBeLeftOut(node.expression) ? ['undefined'] : [];
  if (ts.isCallExpression(node)) return callVariants(node);
  return isCondition(node) ? ['true', 'false'] : [];
}

/** `a ?? b && c` is no program. */
function operand(node: ts.Expression): string {
  return ts.isBinaryExpression(node) ? `(${node.getText()})` : node.getText();
}

/** Conditions without an operator that is changed itself. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isBinaryExpression(node) || ts.isPrefixUnaryExpression(node)) return false;
  if (node.kind === K.TrueKeyword || node.kind === K.FalseKeyword) return false;
  if (ts.isIfStatement(parent)) return parent.expression === node;
  return ts.isConditionalExpression(parent) && parent.condition === node;
}

function canBeLeftOut(expression: ts.Expression): boolean {
  const inner = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (ts.isCallExpression(inner)) return inner.expression.kind !== K.SuperKeyword;
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === K.EqualsToken;
}

function callVariants(node: ts.CallExpression): readonly string[] {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression)) return isCondition(node) ? ['true', 'false'] : [];
  const { name } = expression;
  const object = expression.expression.getText();
  const other = METHODS.get(name.text);
  const text = node.getText();
  const isLeft = name.text === 'filter' ? [object] : [];
  const start = name.getStart() - node.getStart();
  const swapped = other && text.slice(0, start) + other + text.slice(start + name.text.length);
  return [
    ...isLeft,
    ...(swapped === undefined ? [] : [swapped]),
    ...(isCondition(node) ? ['true', 'false'] : []),
  ];
}
