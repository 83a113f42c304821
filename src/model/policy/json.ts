/** The first member name that an object of this (valid) JSON text holds twice. `JSON.parse` would drop the first one in silence. */
export function duplicateMember(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const tokens = json.match(/"(?:[^"\\]+|\\.)*"|[{}[\]:]/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ':' && tokens[index + 1] === ':') {
      const name = JSON.parse(token) as string;
      if (open.at(-1)?.has(name) === true) return name;
      open.at(-1)?.add(name);
    }
  }
  return undefined;
}
