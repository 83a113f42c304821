import { logsErrors } from './errors.ts';

/**
 * The test of an unstructured filter pattern: every plain term, none of the `-terms`, and one of the `?terms` where
 * there are any; case-sensitive; a term may be quoted. Patterns over JSON (`{…}`), columns (`[…]`) and regular
 * expressions (`%…%`) are refused. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) throw logsErrors.notImplemented('filterPattern over JSON, columns or regular expressions');
  const required: string[] = [];
  const excluded: string[] = [];
  const optional: string[] = [];
  for (const [, sign, quoted, plain] of text.matchAll(/([?-]?)(?:"([^"]*)"|([^\s"]+))/g)) {
    const list = sign === '-' ? excluded : sign === '?' ? optional : required;
    list.push(quoted ?? plain ?? '');
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term)));
}
