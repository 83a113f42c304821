import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Database } from './database.ts';
import { ec2Migrations } from './ec2.ts';
import { Store } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-acls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives VPCs of a data directory that is older than network ACLs the one that a VPC is born with', () => {
  const path = join(folder, 'older.sqlite');
  const older = new Database(path, ec2Migrations.slice(0, 1));
  const vpc = { vpcId: 'vpc-1', ownerId: '123456789012', createdAt: '2026-11-01T12:00:00.000Z' };
  older.run('insert into vpcs (vpcId, body) values (?, ?)', vpc.vpcId, JSON.stringify(vpc));
  for (const subnetId of ['subnet-1', 'subnet-2']) {
    older.run('insert into subnets (subnetId, body) values (?, ?)', subnetId, JSON.stringify({ subnetId, vpcId: vpc.vpcId }));
  }
  older.close();
  const store = new Store(path);
  const everything = { ruleNumber: 100, action: 'allow', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } };
  expect(store.ec2.networkAcls.list({ vpcId: 'vpc-1' })).toEqual([
    {
      networkAclId: expect.stringMatching(/^acl-[0-9a-f]{17}$/) as string,
      ...vpc,
      isDefault: true,
      associations: ['subnet-1', 'subnet-2'].map((subnetId) => ({
        associationId: expect.stringMatching(/^aclassoc-[0-9a-f]{17}$/) as string,
        subnetId,
      })),
      entries: [
        { direction: 'egress', ...everything },
        { direction: 'ingress', ...everything },
      ],
    },
  ]);
  store.close();
});
