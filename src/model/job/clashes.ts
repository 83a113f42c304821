/** Names that are told; the others are counted. */
const namesMax = 5;

/** What to say of files that several instances left by one name, of which only the first instance's was kept. */
export function clashNotice(directory: string, paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const names = paths.slice(0, namesMax).join(', ');
  const more = paths.length > namesMax ? ` and ${paths.length - namesMax} more` : '';
  return `Several instances left ${names}${more} in /opt/ml/${directory}: of files with one name the first instance's is kept.`;
}
