import * as S3 from '@aws-sdk/client-s3';

export interface S3Call {
  /** `GetObject` */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** `done`, with what was read or made; or the error's code and sentence. */
export interface S3Outcome {
  readonly done: boolean;
  readonly text: string;
  /** Of a refused one. */
  readonly requestId?: string;
}

const constructors = S3 as unknown as Readonly<Record<string, (new (input: object) => S3.GetObjectCommand) | undefined>>;

/** One call by an unmodified client. Only an answer of S3 is an outcome: trouble of the network is thrown. */
export async function outcomeOf(client: S3.S3Client, { operation, input }: S3Call): Promise<S3Outcome> {
  const Command = constructors[`${operation}Command`];
  if (Command === undefined) throw new Error(`S3 has no ${operation}`);
  try {
    const output = await client.send(new Command(input));
    const made = (output as { readonly UploadId?: string }).UploadId ?? '';
    return { done: true, text: (await output.Body?.transformToString()) ?? made };
  } catch (error) {
    if (error instanceof S3.S3ServiceException)
      return { done: false, text: `${error.name}: ${error.message}`, requestId: error.$metadata.requestId ?? '' };
    throw error;
  }
}
