import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from './aws-error.ts';
import { decodeJson } from './json.ts';
import { parseForm, readForm } from './query.ts';
import { readRpc } from './rpc.ts';
import { serviceModel } from './service-model.ts';
import type { OperationShape } from './shape.ts';

const operation = (service: 'ec2' | 'iam' | 'sagemaker', name: string): OperationShape => {
  const shape = serviceModel(service).shapes.operation(name);
  if (shape === undefined) throw new Error(`there is no ${name}`);
  return shape;
};
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof AwsError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'none';
};

describe('forms', () => {
  const ec2 = (text: string): unknown => readRpc(serviceModel('ec2'), operation('ec2', 'DescribeVpcs'), { form: parseForm(text) });

  it('reads nested lists of EC2, in numeric order and with gaps', () => {
    const text = 'Action=DescribeVpcs&Version=2016-11-15&Filter.10.Name=b&Filter.2.Name=a&Filter.2.Value.3=y&Filter.2.Value.1=x+%26&VpcId.1=vpc-1';
    expect(ec2(text)).toEqual({ Filters: [{ Name: 'a', Values: ['x &', 'y'] }, { Name: 'b' }], VpcIds: ['vpc-1'] });
  });

  it('reads members and entries of the other services', () => {
    const text = 'RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=&MaxSessionDuration=3600';
    expect(readForm(operation('iam', 'CreateRole').input, parseForm(text), 'query')).toEqual({
      RoleName: 'r',
      Tags: [{ Key: 'k', Value: '' }],
      MaxSessionDuration: 3600,
    });
    expect(readForm(operation('iam', 'CreateRole').input, parseForm('Tags='), 'query')).toEqual({ Tags: [] });
  });

  it.each([
    ['MaxResults=ten', 'InvalidParameterValue'],
    ['MaxResults=0x10', 'InvalidParameterValue'],
    ['DryRun=perhaps', 'InvalidParameterValue'],
    ['VpcIds.1=vpc-1', 'UnknownParameter: The parameter VpcIds is not recognized'],
    ['VpcId.1=a&VpcId.1=b', 'MalformedQueryString'],
    ['%zz=1', 'MalformedQueryString'],
    [`${'a.'.repeat(30)}a=1`, 'MalformedQueryString'],
    [Array.from({ length: 20_001 }, (_, index) => `a.${index}=1`).join('&'), 'MalformedQueryString'],
  ])('refuses %.40s', (text, expected) => {
    expect(refusal(() => ec2(text))).toContain(expected);
  });

  it('never crashes, whatever the text', () => {
    const token = fc.constantFrom(
      'Filter',
      'VpcId',
      '.',
      '1',
      '999999999',
      'Name',
      'Value',
      '=',
      '&',
      '%',
      '%20',
      '+',
      '__proto__',
      'constructor',
      'é',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        expect(refusal(() => ec2(tokens.join('')))).toMatch(/^(none|MalformedQueryString|UnknownParameter|InvalidParameterValue)/);
      }),
    );
  });

  it('takes __proto__ for the key it is', () => {
    const shape = operation('sagemaker', 'CreateTrainingJob').input;
    const input: any = decodeJson(shape, Buffer.from('{"HyperParameters":{"__proto__":"x"},"__proto__":{"a":1}}'));
    expect(Object.entries(input.HyperParameters)).toEqual([['__proto__', 'x']]);
    expect(Object.keys(input)).toEqual(['HyperParameters']);
    expect(({} as any).a).toBeUndefined();
  });
});

describe('JSON', () => {
  const shape = operation('sagemaker', 'CreateTrainingJob').input;
  const decode = (text: string): unknown => decodeJson(shape, Buffer.from(text));

  it.each([
    ['{"TrainingJobName":5}', 'NUMBER_VALUE can not be converted to a String'],
    ['{"HyperParameters":[1]}', 'START_ARRAY can not be converted to a Map'],
    ['{"StoppingCondition":"x"}', 'STRING_VALUE can not be converted to a Structure'],
    ['{"Tags":{}}', 'START_OBJECT can not be converted to a List'],
    ['{"Tags":[null]}', 'VALUE_NULL can not be converted to a Structure'],
    ['{"EnableNetworkIsolation":"true"}', 'STRING_VALUE can not be converted to a Boolean'],
    ['{"ResourceConfig":{"InstanceCount":"1"}}', 'STRING_VALUE can not be converted to a Number'],
    ['[]', 'START_ARRAY can not be converted to a Structure'],
    ['{', 'The request body is not valid JSON.'],
  ])('%s is refused', (text, message) => {
    expect(refusal(() => decode(text))).toBe(`SerializationException: ${message}`);
  });

  it('passes over null and unknown members', () => {
    expect(decode('{"TrainingJobName":null,"Unknown":1,"RoleArn":"r"}')).toEqual({ RoleArn: 'r' });
    expect(decode('')).toEqual({});
  });

  it('refuses values nested without end', () => {
    const search = operation('sagemaker', 'Search').input;
    const nested = `${'{"SubExpressions":['.repeat(200)}{}${']}'.repeat(200)}`;
    expect(refusal(() => decodeJson(search, Buffer.from(`{"SearchExpression":${nested}}`)))).toContain('nested too deeply');
  });
});
