/** How long a job may run when nothing is said: AWS's default, one day. */
export const maxRuntimeDefaultSeconds = 86_400;
