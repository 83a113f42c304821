import { readFileSync } from 'node:fs';
import type { ServiceName } from '../model/arrival.ts';
import { type ShapeFile, ShapeTable } from './shape.ts';
import { type ConstraintFile, ConstraintTable } from './constraints.ts';

export type Protocol = 'json' | 'ec2' | 'query' | 'rest-xml';

/** What the generated tables do not say about a service. From the `runtimeConfig` of the SDK's clients. */
export interface ServiceFacts {
  /** Its signing name. */
  readonly service: ServiceName;
  /** As people write it. */
  readonly title: string;
  readonly protocol: Protocol;
  readonly version: string;
  /** Of `X-Amz-Target`, before the dot. */
  readonly targetPrefix?: string;
  readonly xmlNamespace: string;
}

export interface ServiceModel extends ServiceFacts {
  readonly shapes: ShapeTable;
  readonly constraints: ConstraintTable;
}

export const serviceFacts: Readonly<Record<ServiceName, ServiceFacts>> = {
  ec2: { service: 'ec2', title: 'EC2', protocol: 'ec2', version: '2016-11-15', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
  iam: { service: 'iam', title: 'IAM', protocol: 'query', version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  logs: { service: 'logs', title: 'CloudWatch Logs', protocol: 'json', version: '2014-03-28', targetPrefix: 'Logs_20140328', xmlNamespace: '' },
  s3: { service: 's3', title: 'S3', protocol: 'rest-xml', version: '2006-03-01', xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/' },
  sagemaker: { service: 'sagemaker', title: 'SageMaker', protocol: 'json', version: '2017-07-24', targetPrefix: 'SageMaker', xmlNamespace: '' },
  sts: { service: 'sts', title: 'STS', protocol: 'query', version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
};

const models = new Map<ServiceName, ServiceModel>();

/** The service's tables, read from disk when the service is first spoken to (EC2's take about ten milliseconds). */
export function serviceModel(service: ServiceName): ServiceModel {
  let model = models.get(service);
  if (model === undefined) {
    const shapes = new ShapeTable(generated(`${service}.shapes.json`) as ShapeFile);
    const constraints = new ConstraintTable(generated(`${service}.constraints.json`) as ConstraintFile);
    model = { ...serviceFacts[service], shapes, constraints };
    models.set(service, model);
  }
  return model;
}

const generated = (name: string): unknown => JSON.parse(readFileSync(new URL(`./generated/${name}`, import.meta.url), 'utf8'));
