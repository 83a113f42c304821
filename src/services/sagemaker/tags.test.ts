import { beforeEach, describe, expect, it } from 'vitest';
import { accountId } from '../../../test/fakes/operation-world.ts';
import { trainingAccount } from '../../../test/fixtures/training-account.ts';
import { addTags } from './operations/add-tags.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { listTags } from './operations/list-tags.ts';

const ResourceArn = `arn:aws:sagemaker:us-west-2:${accountId}:training-job/first-job`;
const tag = (Key: string, Value = 'v'): { Key: string; Value: string } => ({ Key, Value });
const many = (count: number, prefix: string): { Key: string; Value: string }[] =>
  Array.from({ length: count }, (_, index) => tag(`${prefix}${index}`));

let account: ReturnType<typeof trainingAccount>;
beforeEach(() => {
  account = trainingAccount();
  account.create({ Tags: [tag('team', 'vision')] });
});

const listed = () => account.world.run(listTags, { ResourceArn }).Tags;

describe('the tags of a training job', () => {
  it('are those it was created with', () => {
    expect(listed()).toEqual([tag('team', 'vision')]);
  });

  it('are put over those that there are, and all of them answered', () => {
    const all = [tag('team', 'sound'), tag('Team', 'other')];
    expect(account.world.run(addTags, { ResourceArn, Tags: all }).Tags).toEqual(all);
    expect(account.world.run(addTags, { ResourceArn, Tags: [tag('stage')] }).Tags).toEqual([...all, tag('stage')]);
    expect(listed()).toEqual([...all, tag('stage')]);
  });

  it('are taken away by key; a key that is not there is no error', () => {
    account.world.run(addTags, { ResourceArn, Tags: [tag('stage')] });
    account.world.run(deleteTags, { ResourceArn, TagKeys: ['team', 'none'] });
    expect(listed()).toEqual([tag('stage')]);
  });

  it('are at most 50', () => {
    account.world.run(addTags, { ResourceArn, Tags: many(49, 'k') });
    expect(account.world.refusal(addTags, { ResourceArn, Tags: [tag('one-more')] })).toBe(
      'ResourceLimitExceeded 400: A resource cannot have more than 50 tags.',
    );
    expect(() => account.world.run(addTags, { ResourceArn, Tags: [tag('team', 'again')] })).not.toThrow();
    expect(listed()?.length).toBe(50);
  });

  it.each([
    ['of one key twice', [tag('a'), tag('a', 'w')], 'Duplicate tag key found: a'],
    ["of AWS's own prefix", [tag('aws:a')], 'Tag keys that start with aws: are reserved: aws:a'],
    ["of AWS's own prefix in other letters", [tag('AWS:a')], 'Tag keys that start with aws: are reserved: AWS:a'],
  ])('are refused %s, also at creation', (_what, Tags, message) => {
    expect(account.world.refusal(addTags, { ResourceArn, Tags })).toBe(`ValidationException 400: ${message}`);
    expect(account.refusal({ TrainingJobName: 'second', Tags })).toBe(`ValidationException 400: ${message}`);
    expect(listed()).toEqual([tag('team', 'vision')]);
    expect(account.jobs().length).toBe(1);
  });

  it('are one page: a token leads nowhere', () => {
    expect(account.world.run(listTags, { ResourceArn, MaxResults: 50 })).toEqual({ Tags: [tag('team', 'vision')], NextToken: undefined });
    expect(account.world.refusal(listTags, { ResourceArn, NextToken: 'x' })).toBe('ValidationException 400: Invalid NextToken');
  });
});

it('refuses a name that has the ARN of another in other letters: tags and policies could not tell them apart', () => {
  expect(account.refusal({ TrainingJobName: 'FIRST-job' })).toMatch(/^ResourceInUse 400: /u);
});
