const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `1d` before now, or a time as ISO 8601 writes it. */
export function parseSince(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/u.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (unitsMs[unit] ?? 0));
  const time = /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`--since ${text}: neither a time such as 10m, 2h or 1d ago nor a date such as 2026-11-01T12:00:00Z`);
  return new Date(time);
}
