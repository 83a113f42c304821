/** https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html: SIGTERM, 120 s, SIGKILL. */
export const stopGraceMs = 120_000;

/** Why a running job is being ended before its container ends by itself. */
export type StopCause = 'requested' | 'max-runtime';

/** The longest delay a timer takes; a longer wait is cut into pieces. */
export const timerMsMax = 2 ** 31 - 1;
