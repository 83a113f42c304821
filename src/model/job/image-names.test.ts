import { describe, expect, it } from 'vitest';
import { ecrRepositoryOf, localImageOf, parseImageNames } from './image-names.ts';

const sklearn = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';

describe('names of images on the command line', () => {
  it('are whole names and beginnings', () => {
    expect(parseImageNames([`${sklearn}=cloister/python`, '683313688378.*=mine:2', 'a=registry.example:5000/a:1'])).toEqual([
      { from: sklearn, to: 'cloister/python' },
      { from: '683313688378.*', to: 'mine:2' },
      { from: 'a', to: 'registry.example:5000/a:1' },
    ]);
  });

  it.each([
    [['a'], /takes FROM=TO, not a$/],
    [['a=b=c'], /takes FROM=TO/],
    [['=b'], /neither a name of an image nor the beginning/],
    [['a*b=c'], /neither a name of an image nor the beginning/],
    [['*=c'], /neither a name of an image nor the beginning/],
    [['a='], /no name of an image$/],
    [['a=B'], /no name of an image$/],
    [['a=b', 'a=c'], /names a twice/],
  ])('refuses %j', (texts, words) => {
    expect(() => parseImageNames(texts)).toThrow(words);
  });
});

describe('the local image of a name', () => {
  const names = parseImageNames([`${sklearn}=whole`, '683313688378.*=short', '683313688378.dkr.ecr.us-east-1.*=long']);

  it.each([
    [sklearn, 'whole'],
    ['683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1', 'long'],
    ['683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1', 'short'],
    ['cloister/gbt', 'cloister/gbt'],
  ])('of %s is %s, in whatever order they were given', (image, local) => {
    expect(localImageOf(image, names)).toBe(local);
    expect(localImageOf(image, names.toReversed())).toBe(local);
  });

  it('is looked up once: what a name leads to is a name of the store', () => {
    expect(localImageOf('a', parseImageNames(['a=b', 'b=c']))).toBe('b');
  });
});

it('reads registry and repository of names of ECR', () => {
  expect(ecrRepositoryOf(sklearn)).toEqual({ registryId: '683313688378', repository: 'sagemaker-scikit-learn' });
  const digest = '763104351884.dkr.ecr-fips.us-gov-west-1.amazonaws.com/team/pytorch@sha256:00';
  expect(ecrRepositoryOf(digest)).toEqual({ registryId: '763104351884', repository: 'team/pytorch' });
  expect(ecrRepositoryOf('cloister/python')).toBeUndefined();
  expect(ecrRepositoryOf('docker.io/library/python:3')).toBeUndefined();
});
