import { AwsError } from '../../aws/aws-error.ts';
import { ecrRepositoryOf } from '../../model/job/image-names.ts';
import { cannotEncrypt } from '../../model/job/traffic-encryption.ts';
import type { Machine } from '../operation.ts';

/** Every refusal of the SageMaker API, in AWS's words where they are known (docs/assumptions.md lists ours). */
export const sagemakerErrors = {
  /** https://github.com/boto/boto3/issues/2808: an unknown job is a ValidationException, not ResourceNotFound. */
  notFound: () => new AwsError('ValidationException', 'Requested resource not found.'),

  nameInUse: (kind: 'Training' | 'Compilation', arn: string) =>
    new AwsError(
      'ResourceInUse',
      `${kind} job names must be unique within an AWS account and region, and a ${kind.toLowerCase()} job with this name already exists (${arn})`,
    ),

  roleNotAssumable: (roleArn: string) =>
    new AwsError(
      'ValidationException',
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    ),

  /** AWS's words for a repository of ECR that is not there: https://github.com/aws/amazon-sagemaker-examples/issues/2534 */
  imageUnknown: (image: string, roleArn: string, { builtInImages, localImage }: Pick<Machine, 'builtInImages' | 'localImage'>) => {
    const ecr = ecrRepositoryOf(image);
    const permissions = 'ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer';
    const words =
      ecr === undefined
        ? `Cannot find image: ${image}`
        : `Cannot find repository: ${ecr.repository} in registry ID: ${ecr.registryId} Please check if your ECR repository exists and role ${roleArn} has proper pull permissions for SageMaker: ${permissions}`;
    const mapped = localImage(image);
    const meant = mapped === image ? '' : ` --map-image says that it is ${mapped}, which is not there.`;
    return new AwsError(
      'ValidationException',
      `${words}. Cloister runs images of its local store, and pulls only from registries that cloister up --registry HOST names; built in: ${builtInImages.join(', ')}.${meant} ` +
        'cloister image build python makes cloister/python, cloister image load takes an archive, cloister up --map-image FROM=TO gives a local image another name.',
    );
  },

  alreadyEnded: (status: string) => new AwsError('ValidationException', `The request was rejected because the training job is in status ${status}.`),

  compilationEnded: (status: string) =>
    new AwsError('ValidationException', `The request was rejected because the compilation job is in status ${status}.`),

  /** DeleteCompilationJob declares no error of it: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteCompilationJob.html */
  compilationNotEnded: (status: string) =>
    new AwsError(
      'ValidationException',
      `The request was rejected because the compilation job is in status ${status}. Only one whose status is COMPLETED, FAILED or STOPPED can be deleted.`,
    ),

  /** DeleteTrainingJob declares ResourceInUse and publishes no text of it. */
  notEnded: (status: string) => new AwsError('ResourceInUse', `The request was rejected because the training job is in status ${status}.`),

  tagRepeated: (key: string) => new AwsError('ValidationException', `Duplicate tag key found: ${key}`),
  tagReserved: (key: string) => new AwsError('ValidationException', `Tag keys that start with aws: are reserved: ${key}`),
  tooManyTags: (limit: number) => new AwsError('ResourceLimitExceeded', `A resource cannot have more than ${limit} tags.`),
  invalidNextToken: () => new AwsError('ValidationException', 'Invalid NextToken'),

  /** A member that asks for something Cloister does not do is refused by name, never ignored. */
  memberRefused: (member: string, why: string) => new AwsError('ValidationException', `Cloister refuses ${member}: ${why}`),

  /** SageMaker's pattern allows `https://`, too, which names an endpoint, not a bucket. */
  noS3Location: (member: string) => sagemakerErrors.memberRefused(member, 'only s3:// locations are built.'),

  instanceTypeRefused: (why: string) => new AwsError('ValidationException', `Cloister refuses ResourceConfig.InstanceType: ${why}`),

  /** What AWS refuses too, in its words. */
  asAwsRefuses: (message: string) => new AwsError('ValidationException', message),

  channelRepeated: (name: string) => new AwsError('ValidationException', `Duplicate channel name found in input data config: ${name}`),

  tooManyInstances: (limit: number, asked: number) =>
    new AwsError(
      'ResourceLimitExceeded',
      `The account-level service limit 'Number of instances for a training job' is ${limit} Instances, with current utilization of 0 Instances and a request delta of ${asked} Instances. Please use AWS Service Quotas to request an increase for this quota.`,
    ),

  memberRequired: (member: string) =>
    new AwsError(
      'ValidationException',
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    ),

  /** EC2's code and sentence, as SageMaker has no published text of its own (docs/assumptions.md). */
  vpcConfig: (code: string, message: string) => new AwsError('ValidationException', `Invalid VpcConfig: ${message} (EC2 error code: ${code})`),

  /** S3 gives a reason unless there is just nothing below the prefix. */
  noInputData: (bucket: string, prefix: string, region: string, roleArn: string, reason?: string) =>
    new AwsError(
      'ValidationException',
      `No S3 objects found under S3 URL "s3://${bucket}/${prefix}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".${reason === undefined ? '' : ` Error message from S3: ${reason}`}`,
    ),

  /** How AWS's sentence begins: Terraform's provider waits for it to pass, as a role's permissions take a while. The rest is ours. */
  noOutputLocation: (bucket: string, key: string, region: string, roleArn: string, reason: string) =>
    new AwsError(
      'ValidationException',
      `Access denied to OutputDataConfig S3 bucket "${bucket}". Please ensure that the bucket exists in the selected region (${region}), and that the role "${roleArn}" has "s3:PutObject" permissions on "s3://${bucket}/${key}". Error message from S3: ${reason}`,
    ),

  fastFileNotPossible: (reason: string) =>
    new AwsError('ValidationException', `This machine cannot mount FastFile channels. ${reason} Run cloister doctor.`),

  encryptionNotPossible: (reason: string) => new AwsError('ValidationException', cannotEncrypt(reason)),

  networkNotEnforceable: (reason: string) =>
    new AwsError(
      'ValidationException',
      `Cloister refuses jobs: this machine cannot enforce their networks. ${reason} Run "cloister doctor" on the machine.`,
    ),
};
