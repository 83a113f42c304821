import type { Access } from '../../src/access/access.ts';
import type { DaemonParts } from '../../src/daemon/parts.ts';
import { replacing } from './replacing.ts';

/** A daemon that stores bucket policies and judges none. */
export const withoutBucketPolicies: Partial<DaemonParts> = {
  access: (access: Access) =>
    replacing(access, {
      authorise: (request) => {
        if (request.demand.action === 'sts:AssumeRole') return access.authorise(request);
        const { resourcePolicy: _, ...demand } = request.demand;
        return access.authorise({ ...request, demand });
      },
    }),
};
