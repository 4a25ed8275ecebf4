/**
 * A sandbox ends with the *thread* that started it, not with the process: that is how the kernel tells a
 * child of its parent's death. Most clients start servers from their main thread, which lives as
 * long as they do. For others a shell stays in between, which ends with the client itself.
 */
import type { LaunchPlan } from '../../core/launch/plan.ts';
import { readTextIfThere } from './disk.ts';

const script = `client=$1; shift
(while kill -0 $$; do [ -e "/proc/$client" ] || exec kill -9 $$; /bin/sleep 2; done) </dev/null >/dev/null 2>&1 &
"$@"
exit $?`;

export function guardAgainstThreads(plan: LaunchPlan): LaunchPlan {
  const client = process.ppid;
  if (process.platform !== 'linux' || client <= 1 || isChildOfMainThread(client)) return plan;
  return {
    ...plan,
    file: '/bin/sh',
    args: ['-c', script, 'sh', String(client), plan.file, ...plan.args],
  };
}

function isChildOfMainThread(client: number): boolean {
  try {
    const children = readTextIfThere(`/proc/${client}/task/${client}/children`);
    // A kernel that does not keep the list, or another user's process: nobody can tell.
    return children === undefined || children.split(' ').includes(String(process.pid));
  } catch {
    return true;
  }
}
