/** The services Cloister speaks for, by their signing names. */
export type ServiceName = 'ec2' | 'iam' | 'logs' | 's3' | 'sagemaker' | 'sts';

/**
 * How a request came in. Computed from the socket that accepted it and from nothing the caller says; the condition
 * keys `aws:SourceVpce`, `aws:SourceVpc`, `aws:VpcSourceIp` and `aws:SourceIp` come from here. A listener serves
 * exactly one service, except the host's, which serves all of them and the operator's paths.
 */
export type Arrival =
  | { readonly kind: 'host'; readonly sourceIp: string; readonly secure: boolean }
  | {
      readonly kind: 'endpoint';
      readonly service: ServiceName;
      readonly vpcEndpointId: string;
      readonly vpcId: string;
      readonly sourceIp: string;
      readonly secure: boolean;
    }
  | { readonly kind: 'edge'; readonly service: ServiceName; readonly sourceIp: string; readonly secure: boolean }
  /** Cloister itself, acting for a user through the same chain: sagas, flow-log delivery. */
  | {
      readonly kind: 'service';
      readonly servicePrincipal: string;
      /** The resource that it acts for: `aws:SourceArn`. */
      readonly sourceArn?: string;
    };
