/** A request that a job's own code makes with the job's role. */
export interface SignedRequest {
  /** What its log line begins with. */
  readonly word: string;
  readonly service: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Signs and sends what its last parameter says; prints the status, the address that answered, and the beginning of the answer. */
const program = `
const c = require('crypto'), https = require('https');
setTimeout(() => process.exit(1), 15000);
const q = JSON.parse(process.argv.at(-1));
const hash = (text) => c.createHash('sha256').update(text).digest('hex');
const mac = (key, text) => c.createHmac('sha256', key).update(text).digest();
const lines = (...texts) => texts.join(String.fromCharCode(10));
(async () => {
  const k = await (await fetch('http://169.254.170.2' + process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)).json();
  const time = new Date().toISOString().replace(/[-:]|[.]\\d+/g, ''), day = time.slice(0, 8), sum = hash(q.body);
  const scope = day + '/us-east-1/' + q.service + '/aws4_request';
  const given = { host: q.host, 'x-amz-content-sha256': sum, 'x-amz-date': time, 'x-amz-security-token': k.Token };
  const names = Object.keys(given).join(';');
  const asked = lines(q.method, q.path, '', ...Object.entries(given).map(([name, value]) => name + ':' + value), '', names, sum);
  const key = [day, 'us-east-1', q.service, 'aws4_request'].reduce(mac, 'AWS4' + k.SecretAccessKey);
  const signature = mac(key, lines('AWS4-HMAC-SHA256', time, scope, hash(asked))).toString('hex');
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + k.AccessKeyId + '/' + scope + ', SignedHeaders=' + names + ', Signature=' + signature;
  const headers = { ...given, authorization, 'content-type': 'application/x-www-form-urlencoded', 'content-length': q.body.length };
  const request = https.request({ host: q.host, method: q.method, path: q.path, headers }, (answer) => {
    const from = answer.socket.remoteAddress;
    let got = '';
    answer.on('data', (part) => (got += part)).on('end', () => {
      console.log(q.word, answer.statusCode, from, got.replace(/\\s+/g, ' ').slice(0, 400));
      setTimeout(() => process.exit(), 100);
    });
  });
  request.on('error', (error) => { console.log(q.word, error.message); process.exit(1); });
  request.end(q.body);
})();`;

/** An item of an entry point has at most 256 characters. */
export function signedRequest(request: SignedRequest): readonly string[] {
  const pieces = program.replaceAll(/\n\s*/gu, ' ').match(/.{1,250}/gu) ?? [];
  return ['node', '-e', 'eval(process.argv.slice(1, -1).join(""))', ...pieces, JSON.stringify(request)];
}
