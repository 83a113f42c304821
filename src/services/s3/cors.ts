import type { CORSRule } from '@aws-sdk/client-s3';
import type { CorsRule } from '../../model/cors.ts';
import { s3Errors } from './errors.ts';
import type { S3Input } from './s3-operation.ts';

type GivenRule = S3Input<'PutBucketCors'>['CORSConfiguration']['CORSRules'][number];

const rulesMax = 100;
const idLengthMax = 255;
const methods = new Set(['GET', 'PUT', 'HEAD', 'POST', 'DELETE']);

/** The rules of a configuration, checked. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
export function corsRulesOf(given: readonly GivenRule[]): CorsRule[] {
  if (given.length === 0) throw s3Errors.malformedXml();
  if (given.length > rulesMax) throw s3Errors.invalidRequest(`The number of CORS rules should not exceed allowed limit of ${rulesMax} rules.`);
  return given.map(ruleOf);
}

function ruleOf({ ID, AllowedOrigins, AllowedMethods, AllowedHeaders = [], ExposeHeaders = [], MaxAgeSeconds }: GivenRule): CorsRule {
  if (AllowedOrigins.length === 0 || AllowedMethods.length === 0) throw s3Errors.malformedXml();
  if (ID !== undefined && ID.length > idLengthMax) throw s3Errors.invalidRequest(`ID length should not exceed allowed limit of ${idLengthMax}`);
  const method = AllowedMethods.find((name) => !methods.has(name));
  if (method !== undefined) {
    throw s3Errors.invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
  }
  checkWildcards('AllowedOrigin', AllowedOrigins);
  checkWildcards('AllowedHeader', AllowedHeaders);
  const exposed = ExposeHeaders.find((name) => name.includes('*'));
  if (exposed !== undefined) {
    throw s3Errors.invalidRequest(`ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`);
  }
  return {
    ...(ID === undefined ? {} : { id: ID }),
    allowedOrigins: AllowedOrigins,
    allowedMethods: AllowedMethods,
    allowedHeaders: AllowedHeaders,
    exposeHeaders: ExposeHeaders,
    ...(MaxAgeSeconds === undefined ? {} : { maxAgeSeconds: MaxAgeSeconds }),
  };
}

function checkWildcards(element: string, values: readonly string[]): void {
  const wild = values.find((value) => value.split('*').length > 2);
  if (wild !== undefined) throw s3Errors.invalidRequest(`${element} "${wild}" can not have more than one wildcard.`);
}

export const answeredCorsRule = ({ id, allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders, maxAgeSeconds }: CorsRule): CORSRule => ({
  ...(id === undefined ? {} : { ID: id }),
  ...(allowedHeaders.length === 0 ? {} : { AllowedHeaders: [...allowedHeaders] }),
  AllowedMethods: [...allowedMethods],
  AllowedOrigins: [...allowedOrigins],
  ...(exposeHeaders.length === 0 ? {} : { ExposeHeaders: [...exposeHeaders] }),
  ...(maxAgeSeconds === undefined ? {} : { MaxAgeSeconds: maxAgeSeconds }),
});
