/**
 * The higher levels of a trial: from *confined*, where a server was just seen to work, up to the first at
 * which it does not, and which of them is proposed. What a trial cannot see is said with each.
 */
import type { CredentialScope, Level } from '../../shared/models/scope.ts';
import { hostSchema } from '../../shared/models/scope.ts';
import type { LevelTrial, ScopePlan, Trial, TrialStream } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { canGive } from '../launch/confine.ts';
import type { PresetIndex } from '../scope/catalogue-presets.ts';
import { findKnownHosts, isListed, type KnownHosts } from '../scope/known-hosts.ts';
import { listOf } from '../scope/levels.ts';
import type { ViewPorts } from './scope-view.ts';
import { planScope } from './scopes.ts';
import { neededSecrets } from './servers.ts';
import { startForTrial, type TrialStartPorts } from './trial-start.ts';

export interface ClimbPorts extends TrialStartPorts, ViewPorts {
  readonly index: PresetIndex;
}

export interface ClimbSource {
  readonly server: ServerRecord;
  /** At *confined*, where it works. */
  readonly trial: Trial;
  readonly scope: CredentialScope;
  readonly tell: (level: Level) => TrialStream;
}

/** Ends with the trial and what was seen at each level. */
export async function* climb(
  { server, trial, scope, tell }: ClimbSource,
  ports: ClimbPorts,
): AsyncGenerator<TrialStream, Trial> {
  const secrets = neededSecrets(server);
  const known = findKnownHosts(server, secrets, ports.index);
  const asked = (trial.hosts ?? []).filter((host) => hostSchema.safeParse(host).success);
  const hosts = [...new Set([...known.hosts, ...asked])];
  const evidence = { known, asked, hosts, secrets };
  const levels: LevelTrial[] = [describeConfined(trial)];
  const listed: CredentialScope = { ...scope, level: 'listed-hosts', hosts };
  const wanted =
    secrets.length === 0
      ? [listed]
      : [listed, { ...listed, level: 'masked' as const, secretHosts: known.ofSecrets }];
  for (const next of wanted) {
    const why = whyUntried(next, evidence, ports);
    if (why !== undefined) {
      levels.push({ level: next.level, outcome: 'untried', ...why });
      break;
    }
    yield tell(next.level);
    const seen = await tryLevel(server, next, evidence, ports);
    levels.push(seen);
    if (seen.outcome !== 'works') break;
  }
  return { ...trial, levels, plan: proposedOf(levels, evidence) ?? trial.plan };
}

interface Evidence {
  readonly known: KnownHosts;
  /** In the trial at *confined*, where it could ask for any. */
  readonly asked: readonly string[];
  readonly hosts: readonly string[];
  readonly secrets: readonly string[];
}

function describeConfined({ message, plan }: Trial): LevelTrial {
  return { level: 'confined', outcome: 'works', message, plan };
}

function whyUntried(
  scope: CredentialScope,
  { known, secrets }: Evidence,
  { sandbox }: ClimbPorts,
): Pick<LevelTrial, 'message' | 'hint'> | undefined {
  const ability = sandbox.probe();
  if (!canGive(scope.level, scope, ability)) {
    const hint = ability.hint === undefined ? {} : { hint: ability.hint };
    return {
      message: `This computer cannot limit hosts. ${ability.problem ?? ''}`.trim(),
      ...hint,
    };
  }
  const homeless = secrets.filter((name) => known.ofSecrets[name]?.length === 0);
  if (scope.level !== 'masked' || homeless.length === 0) return undefined;
  return {
    message: `It is not known at which host ${listOf(homeless)} ${homeless.length === 1 ? 'is' : 'are'} used, so nothing could put ${homeless.length === 1 ? 'its value' : 'their values'} in.`,
  };
}

async function tryLevel(
  server: ServerRecord,
  scope: CredentialScope,
  evidence: Evidence,
  ports: ClimbPorts,
): Promise<LevelTrial> {
  const { level } = scope;
  const { outcome, report } = await startForTrial({ ...server, scope }, ports);
  const { works, message, hint, said } = outcome;
  if (!works)
    return {
      ...{ level, outcome: 'fails', message },
      ...(hint === undefined ? {} : { hint }),
      ...(said === undefined ? {} : { said }),
    };
  const kept = report.kept ?? [];
  if (kept.length > 0)
    return {
      ...{ level, outcome: 'fails', kept },
      message: `It started, but asked for ${listOf(kept.slice(0, 5))}, which it did not ask for before and was kept from.`,
    };
  return {
    ...{ level, outcome: 'works', plan: planScope(server, scope, ports, ports.index) },
    message: sayWhatWasSeen(level, outcome, evidence),
  };
}

/** What was seen at a level above *confined*, and what a start without real secrets cannot show. */
export function sayWhatWasSeen(
  level: Level,
  { tools, called = [] }: Pick<Trial, 'tools' | 'called'>,
  { hosts, asked, secrets, known }: Evidence,
): string {
  const listed = `It started and listed ${tools} ${tools === 1 ? 'tool' : 'tools'}`;
  const answered =
    called.length === 0 ? '' : ` Called without real secrets, ${listOf(called)} answered.`;
  if (level === 'masked')
    return `${listed} with placeholders for ${listOf(secrets)}.${answered} That the real values are put in and taken was not seen: a trial has none.`;
  if (hosts.length === 0)
    return `${listed} with no host at all. It asked for none and none is known for it: whatever it needs when its tools are used would be refused.`;
  const used = hosts.filter((host) => asked.some((one) => isListed(one, [host])));
  const other = hosts.filter((host) => !used.includes(host));
  return (
    [
      `${listed} with its hosts limited to ${listOf(hosts)}.`,
      ...(used.length === 0 ? [] : [`It was seen to ask for ${listOf(used)}.`]),
      ...(other.length === 0 ? [] : [`It was not seen to call ${listOf(other)}.`]),
      ...(known.unlistable.length === 0
        ? []
        : [`Its settings name ${listOf(known.unlistable)}, which no list of hosts lets through.`]),
    ].join(' ') + answered
  );
}

/**
 * Above *confined* only where two witnesses agree: a host that is known for it without asking it, and the
 * trial, in which it asked for that host. *Masked* never: that the values are taken, only real ones show.
 */
export function proposedOf(
  levels: readonly LevelTrial[],
  { known, asked }: Pick<Evidence, 'known' | 'asked'>,
): ScopePlan | undefined {
  const working = levels.filter(({ outcome }) => outcome === 'works');
  const agree = asked.some((host) => isListed(host, known.hosts));
  const likely = agree && known.unlistable.length === 0 ? 'listed-hosts' : 'confined';
  const found = working.find(({ level }) => level === likely) ?? working[0];
  return found?.plan;
}
