import type { RunningDaemon } from '../daemon-file.ts';

/**
 * What `cloister env --dns` says without a command: which names of AWS clients call whatever they are told, and what makes them this
 * daemon. As comments of a shell, so that the lines may still be evaluated. Nothing is changed.
 */
export function explainNames({ endpoint, region, certificateAuthority }: RunningDaemon): readonly string[] {
  const { hostname, port } = new URL(endpoint);
  const names = hardWiredNames(region);
  const width = Math.max(...names.map(({ name }) => name.length));
  const lines = [
    'Clients that know AWS_ENDPOINT_URL need no names. These are called whatever a client is told:',
    ...names.map(({ name, by }) => `  ${name.padEnd(width)}  ${by}`),
    '',
    'For one command they are this daemon, by HTTPS and with its authority trusted; nothing of the machine is changed:',
    '  cloister env --dns -- python train.py',
    "The command gets a resolv.conf of its own, before the machine's, and in its environment the key, the region, no AWS_ENDPOINT_URL,",
    '  AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, SSL_CERT_FILE, CURL_CA_BUNDLE   the authorities of the machine and that of this daemon',
    `  NODE_EXTRA_CA_CERTS                                                ${certificateAuthority}`,
    '',
    'For every program of the machine it would take lines in its hosts file, which Cloister does not write: clients find no port there,',
    `so the daemon must be at 443${port === '443' ? ', as it is' : ` (it is at ${port}: cloister up --port 443)`}, and it has no line for all buckets, only one for each:`,
    ...names.map(({ name }) => `  ${hostname} ${name}`),
    `and the authority ${certificateAuthority} in the variables above.`,
  ];
  return lines.map((line) => `# ${line}`.trimEnd());
}

/** Written into clients, or all that those know which are older than the variable. */
const hardWiredNames = (region: string): readonly { readonly name: string; readonly by: string }[] => [
  // https://github.com/aws/sagemaker-python-sdk: the session asks STS whose account it is at its name in the region.
  { name: `sts.${region}.amazonaws.com`, by: 'the SageMaker Python SDK, for the account in the name of its default bucket' },
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
  { name: `s3.${region}.amazonaws.com`, by: 'boto3 before 1.28, the AWS CLI before 1.29 and 2.13, and programs with S3 clients of their own' },
  { name: `BUCKET.s3.${region}.amazonaws.com`, by: 'the same, for each bucket' },
];
