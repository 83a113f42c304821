import type { Decision, PolicyKind } from './decision.ts';
import { allowDraft } from './allow-draft.ts';
import { exemptDraft } from './exempt-draft.ts';
import { otherRequests } from './other-requests.ts';
import { applied, editOf, type Draft, type PolicyEdit } from './policy-edit.ts';
import { restored, switchText } from './withheld.ts';
import { decideCase, type RefusedCase } from './refused-case.ts';

/** What would let a refused request pass. Every answer in it was decided again, and is allowed. */
export interface LeastChange {
  /** All of them together; when there is one it is enough by itself. Empty: no change of a policy is. */
  readonly edits: readonly PolicyEdit[];
  /** What the owner of the bucket has to switch off first, before the edits count. */
  readonly unblock?: string;
  /** Why no change of a policy would do. */
  readonly obstacle?: string;
  /** Other ways of sending the same request that the policies allow as they are. */
  readonly requests: readonly string[];
}

/** More documents than one request is judged by on AWS. */
const editsMax = 32;

/** Takes one obstacle after the other out of the way, each by the smallest change of the document that it is in. */
export function leastChange(refused: RefusedCase): LeastChange {
  // An edit of a policy that is withheld would change nothing.
  const counted = restored(refused);
  return counted === undefined
    ? changeOfPolicies(refused)
    : { ...changeOfPolicies(counted), requests: otherRequests(refused), unblock: switchText(refused) };
}

function changeOfPolicies(refused: RefusedCase): LeastChange {
  const requests = otherRequests(refused);
  const drafts: Draft[] = [];
  let now = refused;
  while (drafts.length < editsMax) {
    const decision = decideCase(now);
    if (decision.verdict === 'allow') return { edits: needed(refused, drafts).map(editOf), requests };
    const draft = draftFor(now, decision);
    if (typeof draft === 'string') return { edits: [], obstacle: draft, requests };
    const after = applied(now, draft);
    if (after === undefined) return { edits: [], obstacle: `${draft.policy} cannot say it: its statements may not name this caller`, requests };
    drafts.push(draft);
    now = after;
  }
  return { edits: [], obstacle: `more than ${editsMax} statements stand in the way`, requests };
}

/** Without those that a later one made superfluous. */
function needed(refused: RefusedCase, drafts: readonly Draft[]): readonly Draft[] {
  const superfluous = drafts.findIndex((_draft, at) => {
    const others = drafts.toSpliced(at, 1);
    const after = others.reduce<RefusedCase | undefined>((sofar, draft) => sofar && applied(sofar, draft), refused);
    return after !== undefined && decideCase(after).verdict === 'allow';
  });
  return superfluous < 0 ? drafts : needed(refused, drafts.toSpliced(superfluous, 1));
}

function draftFor(refused: RefusedCase, { missing, determining }: Decision): Draft | string {
  const denying = determining.find(({ effect }) => effect === 'Deny');
  if (denying !== undefined) return exemptDraft(refused, denying);
  // Undecided: an Allow that may hold becomes one that does.
  const kind: PolicyKind | undefined = missing ?? determining[0]?.kind;
  return kind === undefined ? 'nothing of it is decided by a policy' : allowDraft(refused, kind);
}
