/** What the kernel must hold for one VPC. Made by `compile`, applied whole by the network driver; no choice is left to it. */
export interface VpcPlan {
  readonly vpcId: string;
  readonly number: number;
  readonly generation: number;
}
