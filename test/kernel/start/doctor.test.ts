import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../../src/drivers/process/process.ts';

it('says of each thing that enforcement needs whether it is there or how to get it, and leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-start-'));
  try {
    const said = await run([process.execPath, 'src/daemon/doctor.ts'], { environment: { TMPDIR: folder } });
    const findings = JSON.parse(said) as readonly { readonly name: string; readonly ok: boolean; readonly fix?: string }[];
    expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['root', 'podman', 'volumes', 'fastfile', 'uplink']));
    expect(findings.filter(({ ok, fix }) => !ok && fix === undefined)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
