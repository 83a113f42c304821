import { AwsError } from '../../aws/aws-error.ts';

/** Elements of the error beside its code and message, by S3's names: `BucketName`, `Key`, … */
type Detail = Readonly<Record<string, string | number>>;

const texts = (detail: Detail): Record<string, string> => Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, String(value)]));

const refusal =
  (code: string, status: number, message: string) =>
  (detail: Detail = {}): AwsError =>
    new AwsError(code, message, { status, detail: texts(detail) });

/**
 * Every error S3 can answer here, in its own words.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const s3Errors = {
  accessDenied: (message = 'Access Denied') => new AwsError('AccessDenied', message, { status: 403 }),
  aclNotSupported: refusal('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs'),
  badDigest: (header = 'Content-MD5') => new AwsError('BadDigest', `The ${header} you specified did not match the calculated checksum.`),
  badRequest: (message: string) => new AwsError('BadRequest', message),
  bucketAlreadyExists: refusal(
    'BucketAlreadyExists',
    409,
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
  ),
  bucketAlreadyOwnedByYou: refusal(
    'BucketAlreadyOwnedByYou',
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
  ),
  bucketNotEmpty: refusal('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty'),
  copyOntoItself: refusal(
    'InvalidRequest',
    400,
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  ),
  copySourceTooLarge: refusal(
    'InvalidRequest',
    400,
    'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
  ),
  entityTooLarge: refusal('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size'),
  entityTooSmall: refusal('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size'),
  illegalVersioning: refusal('IllegalVersioningConfigurationException', 400, 'The Versioning element must be specified'),
  illegalLocationConstraint: (constraint: string) =>
    new AwsError(
      'IllegalLocationConstraintException',
      `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    ),
  invalidArgument: (message: string) => new AwsError('InvalidArgument', message),
  invalidBucketName: refusal('InvalidBucketName', 400, 'The specified bucket is not valid.'),
  invalidDigest: refusal('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.'),
  invalidLocationConstraint: refusal('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid'),
  invalidPart: refusal(
    'InvalidPart',
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  ),
  invalidPartNumber: refusal('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable'),
  invalidPartOrder: refusal('InvalidPartOrder', 400, 'The list of parts was not in ascending order. Parts must be ordered by part number.'),
  invalidRange: refusal('InvalidRange', 416, 'The requested range is not satisfiable'),
  invalidRequest: (message: string) => new AwsError('InvalidRequest', message),
  invalidStorageClass: refusal('InvalidStorageClass', 400, 'The storage class you specified is not valid'),
  invalidTag: (message: string) => new AwsError('InvalidTag', message),
  keyNeedsSignature: refusal(
    'InvalidArgument',
    400,
    'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
  ),
  keyTooLong: refusal('KeyTooLongError', 400, 'Your key is too long'),
  invalidVersionId: refusal('InvalidArgument', 400, 'Invalid version id specified'),
  malformedPolicy: (message: string) => new AwsError('MalformedPolicy', message),
  malformedXml: refusal('MalformedXML', 400, 'The XML you provided was not well-formed or did not validate against our published schema'),
  /** What is named is a delete marker, which can only be deleted. */
  isDeleteMarker: (headers: Readonly<Record<string, string>>) =>
    new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      status: 405,
      headers: { allow: 'DELETE', ...headers },
    }),
  metadataTooLarge: refusal('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size'),
  noSuchBucket: refusal('NoSuchBucket', 404, 'The specified bucket does not exist'),
  noSuchBucketPolicy: refusal('NoSuchBucketPolicy', 404, 'The bucket policy does not exist'),
  noSuchCorsConfiguration: refusal('NoSuchCORSConfiguration', 404, 'The CORS configuration does not exist'),
  /** A key whose newest version is a delete marker says so in headers. */
  noSuchKey: (detail: Detail = {}, headers: Readonly<Record<string, string>> = {}) =>
    new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, detail: texts(detail), headers }),
  noSuchLifecycleConfiguration: refusal('NoSuchLifecycleConfiguration', 404, 'The lifecycle configuration does not exist'),
  noSuchPublicAccessBlock: refusal('NoSuchPublicAccessBlockConfiguration', 404, 'The public access block configuration was not found'),
  noSuchTagSet: refusal('NoSuchTagSet', 404, 'The TagSet does not exist'),
  noSuchVersion: refusal('NoSuchVersion', 404, 'The specified version does not exist.'),
  noSuchWebsiteConfiguration: refusal('NoSuchWebsiteConfiguration', 404, 'The specified bucket does not have a website configuration'),
  noSuchUpload: refusal(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ),
  /** Answered without a body: the detail becomes headers. */
  notModified: refusal('NotModified', 304, 'Not Modified'),
  /** A member that asks for something that is not done here is refused by its name, never ignored. */
  notImplemented: (what: string) =>
    new AwsError('NotImplemented', `A header you provided implies functionality that is not implemented: ${what}`, { status: 501 }),
  objectLockConfigurationNotFound: refusal('ObjectLockConfigurationNotFoundError', 404, 'Object Lock configuration does not exist for this bucket'),
  operationAborted: refusal(
    'OperationAborted',
    409,
    'A conflicting conditional operation is currently in progress against this resource. Please try again.',
  ),
  replicationConfigurationNotFound: refusal('ReplicationConfigurationNotFoundError', 404, 'The replication configuration was not found'),
  preconditionFailed: (condition: string) =>
    new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      status: 412,
      detail: { Condition: condition },
    }),
  methodNotAllowed: refusal('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.'),
  publicPolicyBlocked: (caller: string, bucket: string) =>
    new AwsError(
      'AccessDenied',
      `User: ${caller} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucket}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
      { status: 403 },
    ),
  corsDisabled: refusal('AccessForbidden', 403, 'CORSResponse: CORS is not enabled for this bucket.'),
  corsForbidden: refusal(
    'AccessForbidden',
    403,
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  ),
  invalidBucketAcl: refusal(
    'InvalidBucketAclWithObjectOwnership',
    400,
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  ),
  missingSecurityHeader: refusal('MissingSecurityHeader', 400, 'Your request was missing a required header'),
  noSuchConfiguration: refusal('NoSuchConfiguration', 404, 'The specified configuration does not exist.'),
  ownershipControlsNotFound: refusal('OwnershipControlsNotFoundError', 404, 'The bucket ownership controls were not found'),
  tooManyBuckets: refusal('TooManyBuckets', 400, 'You have attempted to create more buckets than allowed'),
} as const;
