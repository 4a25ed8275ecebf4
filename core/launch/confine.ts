/** The one place where a confinement may wrap the program that is about to start. */
import type { LaunchPlan } from './plan.ts';

/** The plan as it will run. Nothing confines a server yet, so it comes back unchanged. */
export function confine(plan: LaunchPlan): LaunchPlan {
  return plan;
}
