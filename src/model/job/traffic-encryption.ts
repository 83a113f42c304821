/** What of a request decides whether the job's instances meet in a tunnel. */
interface MayEncrypt {
  readonly EnableInterContainerTrafficEncryption?: boolean | undefined;
  readonly ResourceConfig?: { readonly InstanceCount?: number | undefined } | undefined;
}

/** One instance has nobody to send to: there, as on AWS, it has no effect. */
export const encryptsTraffic = ({ EnableInterContainerTrafficEncryption: isAsked, ResourceConfig }: MayEncrypt): boolean =>
  isAsked === true && (ResourceConfig?.InstanceCount ?? 0) > 1;

/** The one sentence of a job that asks for encryption which cannot be had, when it is created and when it runs. */
export const cannotEncrypt = (detail: string): string => `Traffic between the instances of the job cannot be encrypted. ${detail}`;
