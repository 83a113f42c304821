/** Who assumes the execution role of a job, and acts with it. */
export const sagemakerPrincipal = 'sagemaker.amazonaws.com';

/** The name of its sessions, as the last part of their ARN. */
export const executionSessionName = 'SageMaker';
